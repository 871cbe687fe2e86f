import DockerfileSyntax
import ShellSyntax

/// A program that one stage compiles and another one takes.
struct Delivery: Sendable {
    let build: ProgramBuild
    let builder: LintStage
    let copy: LintStatement
    let stage: LintStage
    /// What the stage that takes it stands on; nil when only arguments of the build tell.
    let base: StageBase?
}

extension LintFile {
    /// Every program that COPY takes from a stage which compiles it.
    var deliveries: [Delivery] { knownDeliveries.value { findDeliveries() } }

    /// More than anybody ships in one file; each is looked into by several rules.
    private static let deliveryLimit = 200

    private func findDeliveries() -> [Delivery] {
        guard stages.count > 1 else { return [] }
        var out: [Delivery] = []
        var made: [Int: Workshop] = [:]
        for statement in statements {
            guard case .copy(let copy) = statement.command, let from = copy.from, let index = statement.stage,
                let builder = stage(named: from.text, before: index)
            else { continue }
            let workshop = made[builder.index] ?? Workshop(self, builder)
            made[builder.index] = workshop
            guard !workshop.builds.isEmpty else { continue }
            for case .path(let source) in copy.transfer.sources.prefix(Self.deliveryLimit) {
                guard out.count < Self.deliveryLimit else { return out }
                let path = PathText.joined("/", source.text)
                guard let build = workshop.builds.last(where: { $0.makes(path, copies: workshop.copies) }) else {
                    continue
                }
                let stage = stages[index]
                out.append(
                    Delivery(
                        build: build, builder: builder, copy: statement, stage: stage, base: StageBase(self, stage)))
            }
        }
        return out
    }
}

/// What a stage compiles, and where it puts it.
private struct Workshop {
    private(set) var builds: [ProgramBuild] = []
    /// `cp`, `mv` and `install` of single files.
    private(set) var copies: [(from: String, to: String)] = []
    /// Of each: every COPY from the stage is compared with all of them.
    private static let limit = 100

    init(_ file: LintFile, _ stage: LintStage) {
        var directory = "/"
        for stage in file.chain(of: stage).reversed() {
            for statement in file.statements(of: stage) where !statement.isTrigger {
                if case .workdir(let word) = statement.command {
                    let path = PathText.joined(directory, word.text)
                    if path.utf8.count <= 1024 { directory = path }
                    continue
                }
                var current = directory
                for command in statement.shellCommands { take(command, statement, &current) }
            }
        }
    }

    private mutating func take(_ command: ShellCommand, _ statement: LintStatement, _ directory: inout String) {
        switch command.name {
        case "cd":
            if let target = command.arguments.first { directory = PathText.joined(directory, target.text) }
        case "cp", "mv", "install":
            let words = command.plainArguments(withoutValuesOf: ["m", "o", "g"])
            guard words.count == 2, copies.count < Self.limit, let target = words.last, let source = words.first else {
                return
            }
            var to = PathText.joined(directory, target.text)
            let from = PathText.joined(directory, source.text)
            if to.hasSuffix("/") { to += PathText.name(of: from) }
            copies.append((from, to))
        default:
            guard builds.count < Self.limit else { return }
            if let build = ProgramBuild(command, in: statement, directory: directory) { builds.append(build) }
        }
    }
}
