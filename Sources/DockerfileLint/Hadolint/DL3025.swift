import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3025
enum DL3025: LintRule {
    static let info = RuleInfo(
        "DL3025", .hadolint, .warning, "Use arguments JSON notation for CMD and ENTRYPOINT arguments",
        why: """
            Without the JSON form the program runs under `/bin/sh -c`: the shell is the first process, SIGTERM never \
            reaches the program, stopping the container takes ten seconds and ends in SIGKILL, and an image without a \
            shell can't start at all.
            """,
        bad: .init("FROM debian:12\nCMD /app --port 80\n"),
        good: .init("FROM debian:12\nCMD [\"/app\", \"--port\", \"80\"]\n"),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            switch statement.outer.keyword {
            case .cmd, .entrypoint:
                let instruction = statement.instruction
                let range = instruction.argumentsRange
                if range.isEmpty || isArray(instruction.body.bytes[range]) { continue }
                report.add(
                    instruction.argumentsText.range, in: statement, fix: fix(statement, range, file))
            case .healthcheck:
                guard case .healthcheck(let check) = statement.command, case .shell(let word) = check.test,
                    !isArray(Array(word.text.utf8)[...])
                else { continue }
                let instruction = statement.instruction
                let end = instruction.argumentsRange.upperBound
                let start = end - word.text.utf8.count
                let isWhole = start > instruction.argumentsRange.lowerBound
                report.add(
                    word.range, in: statement, fix: isWhole ? fix(statement, start..<end, file) : nil)
            default: continue
            }
        }
    }

    /// A list of strings as hadolint reads it: any byte may stand behind a backslash.
    static func isArray(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        func skipBlanks() {
            while index < bytes.endIndex, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        }
        func take(_ byte: UInt8) -> Bool {
            guard index < bytes.endIndex, bytes[index] == byte else { return false }
            index += 1
            return true
        }
        func string() -> Bool {
            guard take(UInt8(ascii: "\"")) else { return false }
            while index < bytes.endIndex {
                let byte = bytes[index]
                index += byte == UInt8(ascii: "\\") ? 2 : 1
                if byte == UInt8(ascii: "\"") { return true }
            }
            return false
        }
        guard take(UInt8(ascii: "[")) else { return false }
        skipBlanks()
        if !take(UInt8(ascii: "]")) {
            repeat {
                skipBlanks()
                guard string() else { return false }
                skipBlanks()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { return false }
        }
        skipBlanks()
        return index >= bytes.endIndex
    }
}
