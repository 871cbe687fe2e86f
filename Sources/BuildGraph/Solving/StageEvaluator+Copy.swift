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
            var local: StackTree?
            if from == nil { local = StackTree([ListedLayer(try await session.contextFiles())]) }
            var sources: [EntriesStep.Source] = []
            for item in copy.transfer.sources {
                switch item {
                case .heredoc(let heredoc): sources.append(try heredocSource(heredoc))
                case .path(let word):
                    let text = try expander().expand(word)
                    if text.hasPrefix("http://") || text.hasPrefix("https://") {
                        throw Diagnostic(
                            code: "copy.url", "COPY cannot take a URL", at: span(word.range), hint: "ADD can")
                    }
                    if let local { sources.append(.files(local, pattern: text, span: span(word.range))) }
                    if let from { sources.append(.layers(from, pattern: text, span: span(word.range))) }
                }
            }
            var entries = try entriesStep(copy.transfer, sources)
            entries.parents = copy.parents
            let text = try historyText("COPY" + (copy.parents ? " --parents" : ""), copy.transfer)
            try await carryOut(entries, text, context, step)
        }
    }

    mutating func evaluate(_ add: AddCommand, _ context: StepContext) async throws {
        try await services.progress.step(context.label) { step in
            var local: StackTree?
            var sources: [EntriesStep.Source] = []
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
                        if let local { sources.append(.files(local, pattern: text, span: span)) }
                    }
                }
            }
            var entries = try entriesStep(add.transfer, sources)
            entries.unpack = add.unpack ?? true
            try await carryOut(entries, historyText("ADD", add.transfer), context, step)
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
            let text = "WORKDIR " + place.absolute
            guard !place.isRoot else { return commit(text, layer: false) }
            let user = state.image.config.user ?? ""
            let entries = EntriesStep(
                kind: .workdir, sources: [.contents(.empty)], destination: place.absolute, workdir: "/",
                owner: user.isEmpty ? nil : .init(text: user, span: span(word.range)), target: state.layers,
                span: span(word.range))
            try await carryOut(entries, text, context, step)
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

    private func heredocSource(_ heredoc: Heredoc) throws -> EntriesStep.Source {
        let content = heredoc.expand ? try expander().expand(body: heredoc) : heredoc.content
        return .file(.file(BytePath(cleaning: heredoc.name), bytes: content), span: span(heredoc.word.range))
    }

    private func download(
        _ url: String, checksum: (text: String, word: Word)?, unpack: Bool, _ span: Core.SourceSpan, _ step: StepID
    ) async throws -> EntriesStep.Source {
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
        return .files(StackTree([ListedLayer(LayerContents([entry]))]), pattern: entry.path.description, span: span)
    }

    // MARK: - Carrying out

    private func entriesStep(_ transfer: Transfer, _ sources: [EntriesStep.Source]) throws -> EntriesStep {
        let expander = expander()
        func text(_ word: Word) throws -> EntriesStep.Text {
            EntriesStep.Text(text: try expander.expand(word), span: span(word.range))
        }
        return EntriesStep(
            sources: sources, destination: try expander.expand(transfer.destination), workdir: state.workdir,
            owner: try transfer.chown.map(text), mode: try transfer.chmod.map(text),
            excludes: try transfer.excludes.map { try expander.expand($0) }, linked: transfer.link,
            target: state.layers, span: span(transfer.destination.range))
    }

    /// What `docker history` shows.
    private func historyText(_ keyword: String, _ transfer: Transfer) throws -> String {
        let expander = expander()
        var text = keyword
        if let word = transfer.chown { text += " --chown=" + (try expander.expand(word)) }
        if let word = transfer.chmod { text += " --chmod=" + (try expander.expand(word)) }
        for source in transfer.sources {
            switch source {
            case .path(let word): text += " " + Redaction.url(try expander.expand(word))
            case .heredoc(let heredoc): text += " <<" + heredoc.name
            }
        }
        return text + " " + (try expander.expand(transfer.destination)) + " # buildkit"
    }

    /// Adds the layer that the step makes: one that an exported cache knows, else made here.
    private mutating func carryOut(
        _ entries: EntriesStep, _ text: String, _ context: StepContext, _ step: StepID
    ) async throws {
        let planner = EntriesPlanner(layers: services.layers)
        var traced = TracedStep(inputs: entries.inputs, isShipped: entries.takesFromLayers) {
            try await HostOSWork.compute { try entries.shape() }
        }
        if let found = try await imported(&traced) {
            services.progress.emit(.cached(step))
            traced.layer = found.layer.map { layer in
                var shipped = ShippedLayer(layer, of: found.cache)
                // Files that are here need not come from far away, and neither do their directories.
                if !entries.takesFromLayers || layer.blobs.isEmpty {
                    shipped.plan = { try await planner.plan(entries) }
                }
                return LayerRef(id: layer.id, origin: .shipped(shipped))
            }
        } else {
            let progress = services.progress
            let contents = try await planner.plan(entries) { progress.emit(.bytes(step, done: $0, total: nil)) }
            if !contents.isEmpty {
                let layer = LayerRef(id: try contents.contentID(), origin: .made(contents))
                traced.layer = layer
                if entries.kind == .transfer, try await isKnown(layer) { progress.emit(.cached(step)) }
            }
        }
        if let layer = traced.layer { state.layers.append(layer) }
        state.steps.append(traced)
        commit(text, layer: traced.layer != nil)
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
