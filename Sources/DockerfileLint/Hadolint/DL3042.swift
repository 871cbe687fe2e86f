import Core
import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3042
enum DL3042: LintRule {
    static let info = RuleInfo(
        "DL3042", .hadolint, .warning, "pip install keeps its cache in the layer: add --no-cache-dir",
        why: """
            pip keeps every archive that it fetched under ~/.cache/pip, where nothing in the image reads it again. \
            `--no-cache-dir`, `PIP_NO_CACHE_DIR=1` or a cache mount on that directory keep it out of the layer.
            """,
        bad: .init("FROM python:3.12\nRUN pip install requests==2.32.3\n"),
        good: .init("FROM python:3.12\nRUN pip install --no-cache-dir requests==2.32.3\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var switches: CacheSwitches?
        for statement in file.statements {
            guard let script = statement.anyScript,
                let first = script.shell.commands.first(where: isBroken), !statement.keepsOut(".cache/pip"),
                !isSwitchedOff(in: script.shell.text)
            else { continue }
            if switches == nil { switches = CacheSwitches(file) }
            if switches?.isOff(at: statement) == true { continue }
            report.add(script.range(first.head(to: "install")), in: statement, fix: statement.trueScript.flatMap(fix))
        }
    }

    private static func isBroken(_ command: ShellCommand) -> Bool {
        PipCommand.isInstall(command) && !command.runs("pipx") && !command.hasArgument("--no-cache-dir")
    }

    private static func fix(_ script: LintScript) -> Fix? {
        var edits: [TextEdit] = []
        for command in script.shell.commands where isBroken(command) {
            guard let install = command.arguments.first(where: { $0.text == "install" }),
                let edit = script.insertion(of: "--no-cache-dir", behind: install)
            else { return nil }
            edits.append(edit)
        }
        return Fix("add --no-cache-dir", edits)
    }

    fileprivate static let variable = "PIP_NO_CACHE_DIR"
    fileprivate static let values = ["1", "true", "True", "TRUE", "on", "On", "ON", "yes", "Yes", "YES"]

    /// hadolint looks for the text anywhere in the script.
    private static func isSwitchedOff(in text: [UInt8]) -> Bool {
        guard text.contains(UInt8(ascii: "=")) else { return false }
        let script = String(decoding: text, as: UTF8.self)
        return script.contains(variable + "=") && values.contains { script.contains("\(variable)=\($0)") }
    }
}

/// Where ENV turns pip's cache off.
private struct CacheSwitches {
    /// The first statement that does; triggers are a world of their own.
    private let triggers: Int?
    /// By index of the stage; -1 is before the first FROM.
    private let stages: [Int: Int]

    init(_ file: LintFile) {
        var triggers: Int?
        var stages: [Int: Int] = [:]
        var images: [String: Int] = [:]
        for statement in file.statements {
            if case .from(let from) = statement.command, !statement.isTrigger, let stage = statement.stage {
                if let parent = images[String(HadolintImage(from.image.text).name)], stages[parent] != nil {
                    stages[stage] = statement.index
                }
                images[from.name?.text ?? String(HadolintImage(from.image.text).name)] = stage
            }
            guard case .env(let pairs) = statement.command, pairs.contains(where: Self.turnsOff) else { continue }
            if statement.isTrigger {
                triggers = triggers ?? statement.index
            } else {
                let stage = statement.stage ?? -1
                stages[stage] = stages[stage] ?? statement.index
            }
        }
        self.triggers = triggers
        self.stages = stages
    }

    func isOff(at statement: LintStatement) -> Bool {
        let since = statement.isTrigger ? triggers : stages[statement.stage ?? -1]
        return since.map { $0 < statement.index } ?? false
    }

    private static func turnsOff(_ pair: Pair) -> Bool {
        guard pair.name.text == DL3042.variable else { return false }
        return DL3042.values.contains { value in
            pair.value.text == value
                || pair.hasEquals && (pair.value.text == "\"\(value)\"" || pair.value.text == "'\(value)'")
        }
    }
}
