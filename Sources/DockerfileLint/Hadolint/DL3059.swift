import Core
import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3059
enum DL3059: LintRule {
    static let info = RuleInfo(
        "DL3059", .hadolint, .info, "RUN follows RUN: both could be one layer",
        why: """
            Each RUN makes a layer, with everything that it left behind. Short steps that belong together are better one \
            RUN: the layer has only the result, and the cache doesn't keep one half of them.
            """,
        bad: .init("FROM debian:12\nRUN useradd app\nRUN mkdir /data\n"),
        good: .init("FROM debian:12\nRUN useradd app \\\n    && mkdir /data\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var previous: LintStatement?
        for statement in file.statements {
            guard statement.keyword == .run, !statement.isTrigger, isShort(statement) else {
                previous = nil
                continue
            }
            if let previous, !statement.outer.comments.contains(where: isDirective), hasSameFlags(previous, statement) {
                report.add(
                    statement.instruction.keywordWord.range, in: statement, fix: fix(previous, statement, file))
            }
            previous = statement
        }
    }

    /// hadolint takes `# syntax=` and `# escape=` for instructions wherever they stand.
    private static func isDirective(_ comment: Comment) -> Bool {
        for name in ["syntax", "escape"] where comment.text.hasPrefix(name) {
            let rest = comment.text.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
            if rest.first == "=", rest.dropFirst().contains(where: { !$0.isWhitespace }) { return true }
        }
        return false
    }

    /// At most one program runs. Tests in brackets are no programs, nor is what only the build would tell.
    private static func isShort(_ statement: LintStatement) -> Bool {
        var count = 0
        for command in statement.hadolintCommands {
            guard command.programWord != nil, command.name != "[" || !command.assignments.isEmpty else { continue }
            // hadolint counts what `time` measures, also where it is no reserved word.
            count += command.name == "time" && command.words.count > 1 ? 2 : 1
            if count > 1 { return false }
        }
        return true
    }

    private static func hasSameFlags(_ left: LintStatement, _ right: LintStatement) -> Bool {
        if left.instruction.flags.isEmpty, right.instruction.flags.isEmpty { return true }
        guard case .run(let first) = left.command, case .run(let second) = right.command else { return false }
        return values(left, "network") == values(right, "network")
            && values(left, "security") == values(right, "security")
            && Set(first.mounts.map(MountForm.init)) == Set(second.mounts.map(MountForm.init))
    }

    private static func values(_ statement: LintStatement, _ flag: String) -> [String] {
        statement.instruction.flags.filter { $0.name.text == flag }.map { $0.value?.text ?? "" }
    }
}

/// What a mount says, whatever its order and the names of its options.
private struct MountForm: Hashable {
    var options: [String: String] = ["type": "bind"]

    init(_ mount: MountSpec) {
        for field in mount.fields {
            options[Self.name(field.key.text)] = field.value?.text ?? "true"
        }
    }

    private static func name(_ key: String) -> String {
        switch key {
        case "src": "source"
        case "dst", "destination": "target"
        case "ro": "readonly"
        case "rw": "readwrite"
        default: key
        }
    }
}

extension DL3059 {
    /// Ties both with `&&`. What the first leaves to its own shell, such as a directory, would be the second's too.
    fileprivate static func fix(_ first: LintStatement, _ second: LintStatement, _ file: LintFile) -> Fix? {
        guard isPlain(first), isPlain(second), let before = first.script?.shell.commands.first,
            !leavesState(before.name),
            second.instruction.comments.isEmpty,
            second.instruction.lines.lowerBound == first.instruction.lines.upperBound + 1
        else { return nil }
        let escape = String(decoding: [file.dockerfile.escape], as: UTF8.self)
        let keyword = second.instruction.range.start..<second.instruction.argumentsText.range.start
        return Fix(
            "make one RUN of both",
            [
                .insert(" \(escape)", at: first.instruction.range.end),
                TextEdit(SourceRange(keyword.lowerBound, keyword.upperBound), "    && "),
            ], isSafe: false)
    }

    /// One command in shell form and nothing behind it.
    private static func isPlain(_ statement: LintStatement) -> Bool {
        guard let script = statement.script, script.isEditable, statement.instruction.heredocs.isEmpty,
            script.shell.error == nil, script.shell.commands.count == 1, script.shell.scopes.count == 1
        else { return false }
        return script.shell.commands[0].range == 0..<script.shell.text.count
    }

    private static func leavesState(_ name: String) -> Bool {
        switch name {
        case "", ".", "source", "cd", "pushd", "export", "set", "unset", "umask", "ulimit", "alias", "exec", "exit",
            "eval",
            "shopt", "trap", "declare", "readonly", "return", "shift", "read":
            true
        default: false
        }
    }
}
