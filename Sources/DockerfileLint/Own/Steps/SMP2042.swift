import DockerfileSyntax
import ShellSyntax

/// A health check with a program that isn't there.
enum SMP2042: LintRule {
    static let info = RuleInfo(
        "SMP2042", .sampan, .warning, "HEALTHCHECK runs a program that its image doesn't have",
        why: """
            The check fails every time, and the container is never healthy, whatever the service does. The base has \
            neither curl nor, but for BusyBox's on Alpine, wget: install one, or let the program itself do the check.
            """,
        bad: .init("FROM debian:12-slim\nHEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1\n"),
        good: .init(
            """
            FROM debian:12-slim
            RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
            HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1

            """))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.keyword == .healthcheck {
            guard case .healthcheck(let check) = statement.command, let index = statement.stage,
                let tool = tool(of: check), let base = StageBase(file, file.stages[index]), lacks(tool, base)
            else { continue }
            let isBrought =
                tool == "curl"
                ? file.isMentionedElsewhere("curl", statement) : file.isMentionedElsewhere("wget", statement)
            guard !isBrought, !file.hasUnknownPrograms(file.stages[index]) else { continue }
            report.add(
                statement.instruction.argumentsText.range, in: statement,
                "HEALTHCHECK runs \(tool), which \(base.image.name):\(base.image.tag) doesn't have")
        }
    }

    private static func tool(of check: HealthcheckCommand) -> String? {
        let name: String
        switch check.test {
        case .none: return nil
        case .shell(let word): name = ShellScript.parse(Array(word.text.utf8)).commands.first?.name ?? ""
        case .exec(let words): name = words.first?.text ?? ""
        }
        return name == "curl" || name == "wget" ? name : nil
    }

    /// Only images of which it is known for sure.
    private static func lacks(_ tool: String, _ base: StageBase) -> Bool {
        let name = base.image.name
        if base.lacksShell { return true }
        let isAlpine = base.library == .musl
        let isPlain = name == "debian" || name == "ubuntu"
        let isSlim = ["node", "python", "ruby"].contains(name) && base.image.tagParts.contains("slim")
        if isAlpine { return tool == "curl" && ["alpine", "node", "python", "golang"].contains(name) }
        return isPlain || isSlim
    }
}

extension LintFile {
    /// Some other instruction of the stage, or of those below, holds the text.
    fileprivate func isMentionedElsewhere(_ text: StaticString, _ statement: LintStatement) -> Bool {
        guard let index = statement.stage else { return false }
        return chain(of: stages[index]).contains { stage in
            statements(of: stage).contains {
                $0.index != statement.index && $0.keyword != .healthcheck && $0.mentions(text)
            }
        }
    }

    /// Programs may come with directories, archives, or packages that bring others along.
    fileprivate func hasUnknownPrograms(_ stage: LintStage) -> Bool {
        chain(of: stage).contains { stage in
            statements(of: stage).contains { statement in
                switch statement.command {
                case .add: return true
                case .copy(let copy):
                    return copy.transfer.destination.text.contains("bin") || copy.transfer.destination.text == "/"
                case .run:
                    return statement.script == nil || statement.shellCommands.contains { !Self.isKnown($0) }
                case nil: return true
                default: return false
                }
            }
        }
    }

    /// Brings no program that nobody names.
    private static func isKnown(_ command: ShellCommand) -> Bool {
        switch command.name {
        case "apt-get", "apt", "apk", "rm", "mkdir", "chmod", "chown", "useradd", "adduser", "groupadd", "addgroup",
            "set",
            "pip", "pip3", "npm", "yarn", "echo", "cd", "ln", "touch", "go", "python", "python3", "node", "true", "":
            true
        default: false
        }
    }
}
