import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1005: LintRule {
    static let info = RuleInfo(
        "SMP1005", .sampan, .warning, "Changing files of an earlier layer stores them a second time",
        why: """
            A layer can't change the owner or mode of a file that an earlier one brought; it stores the whole file again, \
            and the image has it twice. COPY and ADD set both as they copy: `--chown=USER:GROUP`, `--chmod=755`.
            """,
        bad: .init("FROM debian:12\nCOPY app /app\nRUN chown -R 1000:1000 /app\n"),
        good: .init("FROM debian:12\nCOPY --chown=1000:1000 app /app\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        // Most files change nothing of the kind.
        guard file.statements.contains(where: { $0.calls.contains { changes($0.call) } }) else { return }
        for stage in file.stages { check(stage, file, &report) }
    }

    private static func check(_ stage: LintStage, _ file: LintFile, _ report: inout LintReport) {
        var copies: [(statement: LintStatement, destination: String)] = []
        var found: [(LintStatement, ShellCommand, Substring, Fix?)] = []
        file.walk(stage) { statement, directory in
            if let transfer = statement.transfer {
                if let path = LintFile.absolute(transfer.destination.text, directory) {
                    copies.append((statement, path))
                }
                return
            }
            guard statement.isRun, !copies.isEmpty else { return }
            var here = directory
            for command in statement.shellCommands {
                guard let call = Call(command) else { continue }
                if call.name == "cd" { here = call.arguments.first.flatMap { LintFile.absolute($0.text, here) } }
                guard changes(call) else { continue }
                let paths = call.operands.compactMap { LintFile.absolute($0.text, here) }
                let hit = copies.suffix(limit).last { copy in
                    paths.prefix(limit).contains { touches($0, copy, call) }
                }
                guard let hit else {
                    continue
                }
                let isAlone = statement.shellCommands.count == 1
                found.append(
                    (
                        statement, command, call.name,
                        isAlone ? fix(call, hit.statement, statement, paths, hit.destination, file) : nil
                    ))
            }
        }
        for (statement, command, name, fix) in found {
            guard let script = statement.script else { continue }
            report.add(
                script.range(command.range), in: statement,
                "\(name) of files that an earlier layer brought stores them a second time", fix: fix)
        }
    }

    /// How many COPY instructions, and files of each, are looked at: files that are made to be slow have more.
    private static let limit = 32

    private static func changes(_ call: Call) -> Bool {
        call.name == "chown" || call.name == "chmod" || call.name == "chgrp"
    }

    /// The path is what was copied, or holds it, or lies in it.
    private static func touches(_ path: String, _ copy: (statement: LintStatement, destination: String), _ call: Call)
        -> Bool
    {
        let destination = copy.destination
        if path == destination || PathText.isInside(path, destination) {
            // Of what a stage has made only a part, as for the directories that the program writes to.
            if path != destination, case .copy(let from) = copy.statement.command, from.from != nil { return false }
            // A directory alone is no content.
            return isRecursive(call) || holdsFile(path, copy)
        }
        return isRecursive(call) && PathText.isInside(destination, path)
    }

    private static func isRecursive(_ call: Call) -> Bool {
        call.arguments.contains { word in
            word.text == "--recursive"
                || (word.text.hasPrefix("-") && !word.text.hasPrefix("--")
                    && word.text.utf8.contains(UInt8(ascii: "R")))
        }
    }

    /// The path is one of the files that were copied, by its name.
    private static func holdsFile(_ path: String, _ copy: (statement: LintStatement, destination: String)) -> Bool {
        guard let transfer = copy.statement.transfer else { return false }
        let name = PathText.name(of: path)
        return transfer.paths.prefix(limit).contains {
            PathText.name(of: $0.text) == name && name.utf8.contains(UInt8(ascii: "."))
        }
            || (path == copy.destination && !transfer.destination.text.hasSuffix("/") && transfer.paths.count == 1
                && !transfer.takesAll && PathText.name(of: transfer.paths[0].text).utf8.contains(UInt8(ascii: ".")))
    }

    /// Moves the owner or mode to the COPY, where the two are about the same files and nothing stands between them.
    private static func fix(
        _ call: Call, _ copy: LintStatement, _ run: LintStatement, _ paths: [String], _ destination: String,
        _ file: LintFile
    ) -> Fix? {
        guard run.index == copy.index + 1, paths.count == 1, paths[0] == destination, let transfer = copy.transfer,
            run.instruction.comments.isEmpty, run.instruction.flags.isEmpty
        else { return nil }
        let flag: String
        switch call.name {
        case "chown":
            guard transfer.chown == nil, let owner = call.arguments.first(where: { !$0.text.hasPrefix("-") }),
                owner.isLiteral
            else { return nil }
            flag = "--chown=\(owner.text)"
        case "chmod":
            guard transfer.chmod == nil, !isRecursive(call),
                let mode = call.arguments.first(where: { !$0.text.hasPrefix("-") })
            else { return nil }
            switch mode.text {
            case "+x", "a+x", "ugo+x", "u+x": flag = "--chmod=755"
            case let text where text.utf8.count >= 3 && text.utf8.allSatisfy({ (0x30...0x37).contains($0) }):
                flag = "--chmod=\(text)"
            default: return nil
            }
        default: return nil
        }
        return Fix(
            "copy with \(flag)",
            [.insert(" " + flag, at: copy.instruction.keywordWord.range.end), file.removal(of: run)], isSafe: false)
    }
}
