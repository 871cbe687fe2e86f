private import ContentStore
private import Core
import DockerfileSyntax
private import Layers
private import OCI

/// COPY, ADD and WORKDIR: instructions that make layers without running anything.
extension StageEvaluator {
    mutating func evaluate(_ copy: CopyCommand, _ context: StepContext) async throws {
        // The step begins when what it copies from is there, so that its time is its own.
        let from = try await copy.from.asyncMap { try await layers(from: $0) }
        if from == nil { _ = try await session.contextFiles() }
        try await services.progress.step(context.label) { step in
            let source: StackTree
            if let from {
                source = try await services.layers.tree(from)
            } else {
                source = StackTree([ListedLayer(try await session.contextFiles())])
            }
            var operation = try await operation(copy.transfer, source: source, step: step)
            operation.parents = copy.parents
            try await transfer(
                operation, copy.transfer, keyword: "COPY", extra: copy.parents ? " --parents" : "", step: step)
        }
    }

    mutating func evaluate(_ add: AddCommand, _ context: StepContext) async throws {
        try await services.progress.step(context.label) { step in
            var local: StackTree?
            var sources: [CopyOperation.Source] = []
            let checksum = try add.checksum.map { word in (text: try expander().expand(word), word: word) }
            for source in add.transfer.sources {
                switch source {
                case .heredoc(let heredoc): sources.append(try heredocSource(heredoc))
                case .path(let word):
                    let text = try expander().expand(word)
                    let span = span(word.range)
                    if let tree = try await services.remote.checkout(
                        text, keepGitDir: add.keepGitDir, checksum: checksum?.text, span: span)
                    {
                        sources.append(.contents(tree))
                    } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
                        sources.append(
                            try await download(text, checksum: checksum, unpack: add.unpack ?? false, span, step))
                    } else {
                        if let checksum {
                            throw Diagnostic(
                                code: "add.checksum", "--checksum needs a URL or a git repository as source",
                                at: self.span(checksum.word.range))
                        }
                        if local == nil { local = StackTree([ListedLayer(try await session.contextFiles())]) }
                        if let local { sources.append(.tree(local, pattern: text, span: span)) }
                    }
                }
            }
            var operation = try await operation(add.transfer, source: nil, step: step)
            operation.sources = sources
            operation.unpack = add.unpack ?? true
            try await transfer(operation, add.transfer, keyword: "ADD", extra: "", step: step)
        }
    }

    mutating func evaluateWorkdir(_ word: Word, _ context: StepContext) async throws {
        try await services.progress.step(context.label) { step in
            let path = try expander().expand(word)
            guard !path.isEmpty else {
                throw Diagnostic(
                    code: "workdir.empty", "WORKDIR is empty once its variables are replaced", at: span(word.range))
            }
            let place = BytePath(cleaning: path.hasPrefix("/") ? path : state.workdir + "/" + path)
            state.image.config.workingDir = place.absolute
            var made = false
            if !place.isRoot {
                let target = try await tree(step)
                if try target.lookup(place)?.isDirectory != true {
                    let user = state.image.config.user ?? ""
                    let owner = user.isEmpty ? nil : try UserResolver(target, span: span(word.range)).owner(user)
                    var planner = CopyPlanner(
                        CopyOperation(
                            sources: [.contents(.empty)], destination: place.absolute, workdir: "/", owner: owner,
                            span: span(word.range)),
                        into: target, unpacker: LayerArchiveOpener(store: services.store))
                    made = try append(planner.plan())
                }
            }
            commit("WORKDIR " + place.absolute, layer: made)
        }
    }

    // MARK: - Sources

    /// The layers that `--from` or `from=` names: a stage, a named context or an image.
    func layers(from word: Word) async throws -> [LayerRef] {
        let name = word.text
        let span = span(word.range)
        if name.contains("$") {
            throw Diagnostic(
                code: "from.variable", "variables are not replaced in '\(name)'", at: span,
                hint: "give the image a stage of its own: FROM \(name) AS files, then --from=files")
        }
        if let index = StageGraph.stageIndex(name, in: request.dockerfile, request: request) {
            if index == node.stage.index {
                throw Diagnostic(code: "build.cycle", "a stage cannot take files from itself", at: span)
            }
            return try await session.stage(index).layers
        }
        if name == "scratch" { return [] }
        if name.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            throw Diagnostic(
                code: "from.stage", "there is no stage number \(name)", at: span,
                hint: "stages count from 0; this Dockerfile has \(request.dockerfile.stages.count)")
        }
        do {
            return try await session.externalLayers(name, platform: platform, span: span)
        } catch {
            var diagnostic = Diagnostic(explaining: error)
            let names = request.dockerfile.stages.compactMap(\.name)
            if let near = Suggestion.nearest(to: name, in: names) {
                diagnostic.hint =
                    "there is no stage '\(name)', so an image was looked for; did you mean the stage '\(near)'?"
            }
            throw diagnostic
        }
    }

    private func heredocSource(_ heredoc: Heredoc) throws -> CopyOperation.Source {
        let content = heredoc.expand ? try expander().expand(body: heredoc) : heredoc.content
        return .file(.file(BytePath(cleaning: heredoc.name), bytes: content), span: span(heredoc.word.range))
    }

    private func download(
        _ url: String, checksum: (text: String, word: Word)?, unpack: Bool, _ span: Core.SourceSpan, _ step: StepID
    ) async throws -> CopyOperation.Source {
        var digest: Digest?
        if let checksum {
            do {
                digest = try Digest(parsing: checksum.text)
            } catch {
                throw Diagnostic(code: "add.checksum", error.description, at: self.span(checksum.word.range))
            }
        }
        let progress = services.progress
        let entry = try await services.remote.download(url, checksum: digest, span: span) {
            progress.emit(.bytes(step, done: $0, total: $1))
        }
        guard unpack else { return .file(entry, span: span) }
        return .tree(StackTree([ListedLayer(LayerContents([entry]))]), pattern: entry.path.description, span: span)
    }

    /// The operation with everything resolved but the sources of ADD.
    private func operation(_ transfer: Transfer, source: StackTree?, step: StepID) async throws -> CopyOperation {
        let expander = expander()
        var sources: [CopyOperation.Source] = []
        if let source {
            for item in transfer.sources {
                switch item {
                case .heredoc(let heredoc): sources.append(try heredocSource(heredoc))
                case .path(let word):
                    let text = try expander.expand(word)
                    if text.hasPrefix("http://") || text.hasPrefix("https://") {
                        throw Diagnostic(
                            code: "copy.url", "COPY cannot take a URL", at: span(word.range), hint: "ADD can")
                    }
                    sources.append(.tree(source, pattern: text, span: span(word.range)))
                }
            }
        }
        var owner: CopyOperation.Owner?
        if let word = transfer.chown {
            let text = try expander.expand(word)
            let names = text.split(separator: ":").contains { UInt32($0) == nil }
            let target = names ? try await tree(step) : StackTree([])
            owner = try UserResolver(target, span: span(word.range)).owner(text)
        }
        var mode: ModeChange?
        if let word = transfer.chmod {
            do {
                mode = try ModeChange(try expander.expand(word))
            } catch {
                throw Diagnostic(explaining: error).within(span(word.range))
            }
        }
        let excludes = try transfer.excludes.map { try expander.expand($0) }
        return CopyOperation(
            sources: sources, destination: try expander.expand(transfer.destination), workdir: state.workdir,
            owner: owner,
            mode: mode, excludes: excludes.isEmpty ? nil : try IgnoreMatcher(patterns: excludes),
            span: span(transfer.destination.range))
    }

    private mutating func transfer(
        _ operation: CopyOperation, _ transfer: Transfer, keyword: String, extra: String, step: StepID
    ) async throws {
        // With --link nothing of the layers below is looked at, so they need not be there.
        let target = transfer.link ? StackTree([]) : try await tree(step)
        let opener = LayerArchiveOpener(store: services.store)
        let contents = try await HostOSWork.compute {
            var planner = CopyPlanner(operation, into: target, unpacker: opener)
            return try planner.plan()
        }
        let resolved = try await services.layers.digests.resolve(contents, observed: HostOSWork.now())
        let expander = expander()
        var text = keyword + extra
        if let word = transfer.chown { text += " --chown=" + (try expander.expand(word)) }
        if let word = transfer.chmod { text += " --chmod=" + (try expander.expand(word)) }
        for source in transfer.sources {
            switch source {
            case .path(let word): text += " " + Redaction.url(try expander.expand(word))
            case .heredoc(let heredoc): text += " <<" + heredoc.name
            }
        }
        text += " " + operation.destination + " # buildkit"
        let made = try append(resolved)
        if made, let layer = state.layers.last, try await isKnown(layer) { services.progress.emit(.cached(step)) }
        commit(text, layer: made)
    }

    /// Whether an earlier build made the same layer; remembered for the next one.
    private func isKnown(_ layer: LayerRef) async throws -> Bool {
        let store = services.store
        let label = state.image.history.count
        return try await HostOSWork.compute {
            var hash = KeyHasher("copy/1")
            hash.add(layer.id)
            let key = hash.finalize()
            if try store.lookupStep(key) != nil { return true }
            try store.recordStep(
                .init(key: key, shape: key, description: "COPY #\(label)", result: [], layers: [], blobs: []))
            return false
        }
    }
}
