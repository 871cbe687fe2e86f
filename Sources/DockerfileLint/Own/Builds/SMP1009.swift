import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1009: LintRule {
    static let info = RuleInfo(
        "SMP1009", .sampan, .warning, "What an earlier layer brought stays in the image, removed or not",
        why: """
            A layer that removes a file hides it: the bytes stay in the layer that brought them, and everyone who pulls \
            the image gets them, secrets too. Remove in the RUN that makes, use a mount (`--mount=type=bind`, `cache`, \
            `tmpfs`), or don't copy at all.
            """,
        bad: .init(
            "FROM debian:12\nCOPY big.tar.gz /tmp/big.tar.gz\nRUN tar -xzf /tmp/big.tar.gz -C /opt\nRUN rm /tmp/big.tar.gz\n"
        ),
        good: .init(
            "FROM debian:12\nRUN --mount=type=bind,source=big.tar.gz,target=/tmp/big.tar.gz tar -xzf /tmp/big.tar.gz -C /opt\n"
        ))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let last = file.stages.last,
            file.statements.contains(where: { $0.calls.contains { $0.call.name == "rm" } })
        else { return }
        for stage in file.chain(of: last) { check(stage, file, &report) }
    }

    private static func check(_ stage: LintStage, _ file: LintFile, _ report: inout LintReport) {
        // Files, and the instruction that brought them.
        var made: [String: LintStatement] = [:]
        var found: [(LintStatement, ShellCommand, String, Int)] = []
        file.walk(stage) { statement, directory in
            if let transfer = statement.transfer {
                for path in files(transfer, directory) { made[path] = statement }
                return
            }
            guard statement.isRun else { return }
            var here = directory
            var fresh: [String] = []
            for command in statement.shellCommands {
                guard let call = Call(command) else { continue }
                if call.name == "cd" {
                    here = call.arguments.first.flatMap { LintFile.absolute($0.text, here) }
                } else if call.name == "rm" {
                    for word in call.arguments where !word.text.hasPrefix("-") && !word.hasExpansion {
                        guard let path = path(word.text, here), let maker = made[path], maker.index != statement.index
                        else { continue }
                        found.append((statement, command, word.text, maker.lines))
                        made[path] = nil
                    }
                } else if let path = Download(call)?.path(in: here) {
                    fresh.append(path)
                } else if call.name == "apt-get" || call.name == "apt", call.verb == "update",
                    !statement.hasMount("cache")
                {
                    fresh.append("/var/lib/apt/lists")
                }
            }
            for path in fresh { made[path] = statement }
        }
        for (statement, command, path, line) in found {
            guard let script = statement.script else { continue }
            report.add(
                script.range(command.range), in: statement,
                "\(path) stays in the layer of line \(line), removed or not: remove it in the RUN that makes it")
        }
    }

    /// Removed lists are the directory or all that is in it.
    private static func path(_ text: String, _ directory: String?) -> String? {
        let plain = text.hasSuffix("/*") ? String(text.dropLast(2)) : text
        guard !plain.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) else { return nil }
        return LintFile.absolute(plain, directory)
    }

    /// Where the files of a COPY land, as far as their names tell.
    private static func files(_ transfer: Transfer, _ directory: String?) -> [String] {
        guard let destination = LintFile.absolute(transfer.destination.text, directory) else { return [] }
        let isDirectory = transfer.destination.text.hasSuffix("/") || [".", "./"].contains(transfer.destination.text)
        return transfer.paths.compactMap { word in
            let name = PathText.name(of: word.text)
            guard !name.isEmpty, name != ".", !name.utf8.contains(where: { "*?[$".utf8.contains($0) }) else {
                return nil
            }
            return isDirectory ? LintFile.absolute(String(name), destination) : destination
        }
    }
}

extension LintStatement {
    /// The line it starts on, from 1.
    var lines: Int { outer.lines.lowerBound }
}
