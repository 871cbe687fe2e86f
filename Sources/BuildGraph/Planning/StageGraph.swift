package import Core
package import DockerfileSyntax

/// Which stages a target needs, and what each stands on.
package struct StageGraph: Sendable {
    package enum Base: Sendable, Hashable {
        case scratch
        case stage(Int)
        /// An image reference or a named context, as written.
        case external(String)
    }

    package struct Node: Sendable {
        package var stage: Stage
        package var base: Base
        /// The platform in `FROM --platform`; nil takes the base stage's or the target's.
        package var platform: Platform?
        /// Stages that COPY and mounts take files from.
        package var dependencies: Set<Int>
    }

    package let nodes: [Node]
    package let target: Int
    /// What `ARG` before the first FROM gives, with `--build-arg` applied; FROM sees these.
    package let globalArguments: [String: String]

    /// - Throws: `Diagnostic` for an unknown target, a cycle, a variable without value in FROM, a bad platform.
    package init(_ request: BuildRequest) throws {
        let dockerfile = request.dockerfile
        let builtin = PlatformArguments.values(for: request)
        var globals = builtin
        for statement in dockerfile.metaArgs {
            guard case .arg(let entries) = statement.command else { continue }
            for entry in entries {
                if let given = request.buildArguments[entry.name.text] {
                    globals[entry.name.text] = given
                } else if let value = entry.value {
                    let known = globals
                    let expander = Expander(escape: dockerfile.escape, source: dockerfile.source) { known[$0] }
                    globals[entry.name.text] = try expander.expand(value)
                }
            }
        }
        globalArguments = globals
        var nodes: [Node] = []
        for stage in dockerfile.stages {
            nodes.append(try Self.node(stage, dockerfile: dockerfile, globals: globals, request: request))
        }
        self.nodes = nodes
        target = try Self.target(request, dockerfile)
        try Self.checkCycles(nodes, dockerfile.source)
    }

    /// The target and all stages that it reaches.
    package var needed: Set<Int> {
        var found: Set<Int> = []
        var pending = [target]
        while let index = pending.popLast() {
            guard found.insert(index).inserted else { continue }
            pending.append(contentsOf: edges(index))
        }
        return found
    }

    private func edges(_ index: Int) -> [Int] { Self.edges(nodes[index]) }

    private static func edges(_ node: Node) -> [Int] {
        var out = Array(node.dependencies)
        if case .stage(let base) = node.base { out.append(base) }
        return out.sorted()
    }

    /// Whether some needed stage runs a program, as far as the Dockerfile tells (ONBUILD triggers of a base may add one).
    package var runsPrograms: Bool {
        needed.contains { index in
            nodes[index].stage.statements.contains { if case .run = $0.command { true } else { false } }
        }
    }

    private static func node(_ stage: Stage, dockerfile: Dockerfile, globals: [String: String], request: BuildRequest)
        throws
        -> Node
    {
        let expander = Expander(escape: dockerfile.escape, source: dockerfile.source) { globals[$0] }
        let image = stage.from.image
        let name = try expander.expand(image)
        let span = SourceSpan(dockerfile.source, image.range)
        guard !name.isEmpty else {
            throw Diagnostic(
                code: "from.empty", "the base image name '\(image.text)' is empty once its variables are replaced",
                at: span,
                hint: "give the ARG a default before the first FROM, or pass --build-arg")
        }
        var platform: Platform?
        if let word = stage.from.platform {
            let text = try expander.expand(word)
            guard let parsed = Platform(parsing: text) else {
                throw Diagnostic(
                    code: "from.platform", "'\(text)' is not a platform", at: SourceSpan(dockerfile.source, word.range),
                    hint: "a platform is os/architecture, such as linux/arm64; $BUILDPLATFORM is the builder's own")
            }
            platform = parsed
        }
        let base: Base
        if NamedContexts(request.namedContexts).find(name) != nil {
            base = .external(name)
        } else if name == "scratch" {
            base = .scratch
        } else if let earlier = dockerfile.stages.last(where: { $0.index < stage.index && $0.name == name.lowercased() }
        ) {
            base = .stage(earlier.index)
        } else {
            base = .external(name)
        }
        var dependencies: Set<Int> = []
        for statement in stage.statements {
            for from in froms(statement.command) {
                if let index = stageIndex(from, in: dockerfile, request: request) { dependencies.insert(index) }
            }
        }
        return Node(stage: stage, base: base, platform: platform, dependencies: dependencies)
    }

    /// The stage that `--from` names, by name or number; nil for images and named contexts.
    package static func stageIndex(_ name: String, in dockerfile: Dockerfile, request: BuildRequest) -> Int? {
        if NamedContexts(request.namedContexts).find(name) != nil { return nil }
        return dockerfile.stage(named: name)?.index
    }

    private static func froms(_ command: Command) -> [String] {
        switch command {
        case .copy(let copy): copy.from.map { [$0.text] } ?? []
        case .run(let run): run.mounts.compactMap { $0.field(.from)?.value?.text }
        default: []
        }
    }

    private static func target(_ request: BuildRequest, _ dockerfile: Dockerfile) throws -> Int {
        guard let name = request.target, !name.isEmpty else { return dockerfile.stages.count - 1 }
        if let stage = dockerfile.stage(named: name) { return stage.index }
        let names = dockerfile.stages.compactMap(\.name)
        throw Diagnostic(
            code: "build.target", "there is no stage '\(name)' in \(dockerfile.source.name)",
            hint: Suggestion.hint(for: name, in: names)
                ?? (names.isEmpty
                    ? "no stage has a name; use FROM … AS name" : "stages: \(names.joined(separator: ", "))"))
    }

    private static func checkCycles(_ nodes: [Node], _ source: SourceFile) throws {
        enum Mark { case open, done }
        var marks: [Int: Mark] = [:]
        // Depth first without recursion: a stage is pushed again behind its edges, to be closed after them.
        var pending = nodes.indices.reversed().map { (index: $0, closing: false) }
        while let (index, closing) = pending.popLast() {
            if closing {
                marks[index] = .done
                continue
            }
            if marks[index] == .done { continue }
            marks[index] = .open
            pending.append((index, true))
            for edge in edges(nodes[index]) {
                if marks[edge] == .open {
                    let name = nodes[edge].stage.name ?? String(edge)
                    throw Diagnostic(
                        code: "build.cycle", "stage '\(name)' needs itself",
                        at: SourceSpan(source, nodes[index].stage.instruction.range),
                        hint: "a stage cannot take files from a stage that is built on it")
                }
                if marks[edge] == nil { pending.append((edge, false)) }
            }
        }
    }
}

/// The platform ARGs that exist without being given.
package enum PlatformArguments {
    package static func values(for request: BuildRequest) -> [String: String] {
        var out: [String: String] = [:]
        for (prefix, platform) in [("BUILD", request.buildPlatform), ("TARGET", request.platform)] {
            out[prefix + "PLATFORM"] = platform.description
            out[prefix + "OS"] = platform.os
            out[prefix + "ARCH"] = platform.architecture
            out[prefix + "VARIANT"] = platform.variant ?? ""
            out[prefix + "OSVERSION"] = ""
        }
        out["TARGETSTAGE"] = request.target ?? "default"
        return out
    }
}

/// Looks names up in `--build-context`: as written, or as the image reference they mean.
package struct NamedContexts {
    private let contexts: [String: NamedContext]

    package init(_ contexts: [String: NamedContext]) { self.contexts = contexts }

    package func find(_ name: String) -> NamedContext? {
        if contexts.isEmpty { return nil }
        if let exact = contexts[name] ?? contexts[name.lowercased()] { return exact }
        guard let wanted = try? Reference(parsing: name) else { return nil }
        for (key, context) in contexts.sorted(by: { $0.key < $1.key }) {
            if let reference = try? Reference(parsing: key), reference == wanted { return context }
        }
        return nil
    }
}
