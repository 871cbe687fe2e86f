import Core
import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3003
enum DL3003: LintRule {
    static let info = RuleInfo(
        "DL3003", .hadolint, .warning, "Use WORKDIR to switch to a directory",
        why: """
            `cd` holds only until the end of its RUN, so every RUN has to repeat it, and a directory that is missing \
            may go unnoticed. WORKDIR holds for all that follows, makes the directory, and is kept in the image. Where \
            one command alone has to run elsewhere, many programs take the directory as an option (`make -C`, \
            `git -C`, `tar -C`).
            """,
        bad: .init("FROM debian:12\nRUN cd /src && make\n"),
        good: .init("FROM debian:12\nWORKDIR /src\nRUN make\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.run) {
            guard let script = statement.anyScript,
                let command = statement.hadolintCommands.first(where: { $0.runs("cd") }), let word = command.programWord
            else { continue }
            report.add(script.range(word.range), in: statement, fix: fix(statement, script, file))
        }
    }

    /// `cd /there && rest` at the start of a script becomes a WORKDIR before it; behind it comes the directory of before,
    /// where something needs that.
    private static func fix(_ statement: LintStatement, _ script: LintScript, _ file: LintFile) -> Fix? {
        guard statement.trueScript != nil, case .line = script.place, script.shell.commands.count > 1,
            script.shell.error == nil
        else { return nil }
        let command = script.shell.commands[0]
        let next = script.shell.commands[1]
        guard command.name == "cd", command.words.count == 2, command.assignments.isEmpty,
            command.redirections.isEmpty, command.after == .and, !command.isNegated, command.scope == next.scope,
            let path = command.words.last, path.isLiteral, !path.hasQuotes, path.text.hasPrefix("/"),
            !path.text.utf8.contains(UInt8(ascii: "\\")),
            !script.shell.commands.dropFirst().contains(where: { $0.runs("cd") })
        else { return nil }
        let start = script.range(command.range).start
        let end = script.range(next.range).start
        // Comments between the two would go with them.
        guard end > start, !file.source.bytes[start..<end].contains(UInt8(ascii: "#")) else { return nil }
        var edits = [
            TextEdit.insert("WORKDIR \(path.text)\(file.lineEnd)", at: file.place(before: statement)),
            .delete(SourceRange(start, end)),
        ]
        if needsDirectory(behind: statement, file) {
            guard let back = directory(before: statement, file), let line = file.place(behind: statement) else {
                return nil
            }
            if back != path.text { edits.append(.insert("WORKDIR \(back)\(file.lineEnd)", at: line)) }
        }
        return Fix("set the directory with WORKDIR", edits, isSafe: false)
    }

    /// Whether something that follows in the stage, or is built upon it, works in the directory that holds by then.
    private static func needsDirectory(behind statement: LintStatement, _ file: LintFile) -> Bool {
        guard let stage = statement.stage else { return true }
        for next in file.statements(of: file.stages[stage]) where next.index > statement.index {
            switch next.outer.keyword {
            case .workdir: if directory(next) != nil { return false } else { return true }
            case .run, .copy, .add, .cmd, .entrypoint, .healthcheck, .onbuild: return true
            default: continue
            }
        }
        let starts = file.statements(of: file.stages[stage]).contains {
            [.cmd, .entrypoint, .healthcheck].contains($0.outer.keyword)
        }
        return starts || file.stages.contains { $0.parent == stage }
    }

    /// The directory that holds before a statement, where the stage says so itself.
    private static func directory(before statement: LintStatement, _ file: LintFile) -> String? {
        guard let stage = statement.stage else { return nil }
        let last = file.statements(of: file.stages[stage]).last { other in
            other.index < statement.index && other.outer.keyword == .workdir
        }
        return last.flatMap(directory)
    }

    /// What a WORKDIR names for certain.
    private static func directory(_ statement: LintStatement) -> String? {
        guard case .workdir(let word) = statement.command, word.text.hasPrefix("/"),
            word.text.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return word.text
    }
}
