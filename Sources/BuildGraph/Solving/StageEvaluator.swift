import ContentStore
import Core
import DockerfileSyntax
import Layers
import OCI

/// Carries out the instructions of one stage in their order.
package struct StageEvaluator: Sendable {
    let session: BuildSession
    let node: StageGraph.Node
    /// What the stage is built for.
    let platform: Platform
    var state: StageState
    private var number = 0
    private var total = 0
    /// Set while an ONBUILD trigger of the base runs: its text, to which spans refer.
    var triggerSource: SourceFile?

    package init(session: BuildSession, node: StageGraph.Node) {
        self.session = session
        self.node = node
        platform = session.platform(ofStage: node.stage.index)
        state = .scratch(platform)
    }

    var request: BuildRequest { session.request }
    var services: BuildServices { session.services }
    var source: SourceFile { triggerSource ?? request.dockerfile.source }

    func span(_ range: SourceRange) -> SourceSpan { SourceSpan(source, range) }

    package mutating func run() async throws -> StageState {
        try await begin()
        let triggers = try takeTriggers()
        let statements = node.stage.statements
        total = 1 + (triggers + statements).count { Self.makesStep($0.command) }
        number = 1
        for statement in triggers {
            triggerSource = triggersFile
            try await carryOut(statement, onbuild: true)
        }
        triggerSource = nil
        for statement in statements { try await carryOut(statement, onbuild: false) }
        return state
    }

    // MARK: - Beginning

    private mutating func begin() async throws {
        switch node.base {
        case .scratch: state = .scratch(platform)
        case .stage(let index):
            let base = try await session.stage(index)
            state = base
            state.arguments = []
            state.setsCommand = false
        case .external(let name):
            let span = span(node.stage.from.image.range)
            guard let image = try await session.base(name, platform: platform, span: span) else {
                // A directory as a base is a root file system without configuration.
                state = .scratch(platform)
                state.layers = try await session.externalLayers(name, platform: platform, span: span)
                state.image.history.append(history("FROM \(name)", layer: true))
                noteBase()
                return
            }
            guard image.config.platform.distance(from: platform) != nil else {
                throw Diagnostic(
                    code: "from.platform", "'\(name)' is an image for \(image.config.platform), not for \(platform)",
                    at: span,
                    hint: "name the platform it has: FROM --platform=\(image.config.platform) \(name)")
            }
            state = .scratch(platform)
            state.base = image
            state.platform = image.config.platform
            state.layers = LayerRef.layers(of: image)
            let path = state.image.config.env
            state.image = image.config
            if !state.image.config.env.contains(where: { $0.hasPrefix("PATH=") }) { state.image.config.env += path }
            state.environment = Environment(state.image.config.env)
            state.sources.layers = state.layers.map { _ in nil }
            noteBase()
        }
    }

    private var triggersFile: SourceFile {
        SourceFile(
            name: "ONBUILD of \(state.base?.name ?? "the base")", text: triggersText.joined(separator: "\n") + "\n")
    }

    private var triggersText: [String] = []

    /// ONBUILD triggers of the base run first; the new image does not inherit them.
    private mutating func takeTriggers() throws -> [Statement] {
        let triggers = state.image.config.onBuild
        guard !triggers.isEmpty else { return [] }
        triggersText = triggers
        state.image.config.onBuild = []
        return try parseTriggers()
    }

    private func parseTriggers() throws -> [Statement] {
        let result = Dockerfile.parseTriggers(triggersFile)
        if !result.errors.isEmpty { throw DiagnosticList(result.errors.map(\.diagnostic)) }
        return result.statements
    }

    // MARK: - Instructions

    private static func makesStep(_ command: Command) -> Bool {
        switch command {
        case .run, .copy, .add, .workdir: true
        default: false
        }
    }

    private mutating func carryOut(_ statement: Statement, onbuild: Bool) async throws {
        try Task.checkCancellation()
        let makesStep = Self.makesStep(statement.command)
        if makesStep { number += 1 }
        let context = StepContext(
            statement: statement,
            label: label(statement, onbuild: onbuild))
        do {
            switch statement.command {
            case .run(let run): try await evaluate(run, context)
            case .copy(let copy): try await evaluate(copy, context)
            case .add(let add): try await evaluate(add, context)
            case .workdir(let path): try await evaluateWorkdir(path, context)
            default: try evaluateMetadata(statement)
            }
            note(statement.instruction)
        } catch {
            throw Self.place(error, at: span(statement.instruction.range))
        }
    }

    /// Gives errors without a place that of the instruction; cancellations stay what they are.
    private static func place(_ error: any Error, at span: SourceSpan) -> any Error {
        switch error {
        case is CancellationError, is DiagnosticList: error
        default: Diagnostic(explaining: error).within(span)
        }
    }

    /// Remembers where the base is named.
    private mutating func noteBase() {
        let (file, range) = (request.dockerfile.source, node.stage.from.image.range)
        note(place(file.line(at: range.start) + 1...file.line(at: max(range.start, range.end - 1)) + 1), "FROM")
    }

    /// Remembers where the instruction stands that made what came last. Triggers of a base stand in no file of ours.
    private mutating func note(_ instruction: Instruction) {
        note(triggerSource == nil ? place(instruction.lines) : nil, instruction.keyword?.rawValue ?? "")
    }

    private mutating func note(_ place: InstructionPlace?, _ keyword: String) {
        if state.sources.dockerfile == nil {
            state.sources.dockerfile = SHA256.digest(of: request.dockerfile.source.bytes)
        }
        state.sources.instructions[keyword] = place
        while state.sources.layers.count < state.layers.count { state.sources.layers.append(place) }
    }

    private func place(_ lines: ClosedRange<Int>) -> InstructionPlace {
        InstructionPlace(
            file: request.dockerfile.source.name, firstLine: lines.lowerBound, lastLine: lines.upperBound,
            stage: node.stage.name ?? String(node.stage.index))
    }

    private func label(_ statement: Statement, onbuild: Bool) -> String {
        let stage = node.stage.name ?? "stage-\(node.stage.index)"
        let width = String(total).count
        let position = String(repeating: " ", count: width - String(number).count) + String(number)
        let text = Redaction.urls(in: statement.instruction.text).split(separator: "\n").first ?? ""
        let line = String(text.prefix(200))
        var name = session.graph.nodes.count == 1 && node.stage.name == nil ? "" : stage + " "
        if session.shared.namesPlatforms { name = "\(platform) " + name }
        return "[\(name)\(position)/\(total)] \(onbuild ? "ONBUILD " : "")\(line)"
    }

    // MARK: - Helpers for all instructions

    /// Replaces variables by the values that the instruction sees.
    func expander() -> Expander {
        let environment = state.environment
        return Expander(escape: request.dockerfile.escape, source: source) { environment[$0] }
    }

    func history(_ text: String, layer: Bool) -> ImageConfig.History {
        ImageConfig.History(
            created: Timestamp.text(request.epoch), createdBy: text, comment: "buildkit.dockerfile.v0",
            emptyLayer: !layer)
    }

    mutating func commit(_ text: String, layer: Bool = false) {
        state.image.history.append(history(text, layer: layer))
    }

    /// The tree of the stage as it is now.
    func tree(_ step: StepID) async throws -> StackTree {
        let progress = services.progress
        return try await services.layers.tree(state.layers) { progress.emit(.bytes(step, done: $0, total: nil)) }
    }
}

/// One instruction on its way.
package struct StepContext: Sendable {
    var statement: Statement
    var label: String
}
