import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3011
enum DL3011: LintRule {
    static let info = RuleInfo(
        "DL3011", .hadolint, .error, "Valid UNIX ports range from 0 to 65535",
        why: "A port is a number of 16 bits. Nothing can listen on a higher one, and a build that exposes it fails.",
        bad: .init("FROM debian:12\nEXPOSE 80000\n"), good: .init("FROM debian:12\nEXPOSE 8080\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.expose) {
            guard let word = statement.instruction.arguments.first(where: { isTooHigh($0.text) }) else { continue }
            report.add(word.range, in: statement)
        }
    }

    /// A number, or two with `-` between, maybe with a protocol, that is more than 65535.
    private static func isTooHigh(_ text: String) -> Bool {
        var value = 0
        var highest = 0
        var hasDigits = false
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39:
                value = min(value * 10 + Int(byte - 0x30), 1_000_000)
                highest = max(highest, value)
                hasDigits = true
            case UInt8(ascii: "-") where hasDigits:
                value = 0
                hasDigits = false
            case UInt8(ascii: "/") where hasDigits: return highest > 65_535
            default: return false
            }
        }
        return highest > 65_535
    }
}
