import ArgumentParser
import Core
import DockerfileLint
import Glibc
import HostOS

extension LintFormat: ExpressibleByArgument {}

/// What `--failure-threshold` takes.
struct FailureThreshold: ExpressibleByArgument {
    var severity: LintSeverity

    init?(argument: String) {
        guard let severity = HadolintConfig.severity(argument) else { return nil }
        self.severity = severity
    }

    static var allValueStrings: [String] { LintSeverity.allCases.map(\.rawValue) + ["none"] }
}

/// `--require-label NAME:TYPE`.
struct RequiredLabel: ExpressibleByArgument {
    var name: String
    var type: LintSettings.LabelType

    init?(argument: String) {
        guard let label = HadolintConfig.label(argument), !label.name.isEmpty else { return nil }
        (name, type) = label
    }
}

/// Codes given by people.
enum LintCodes {
    /// Refuses codes that nobody has, with the one that may be meant. A number that hadolint or ShellCheck may have in
    /// another version is let through.
    static func check(_ codes: [String]) throws(Diagnostic) {
        for code in codes where !RuleBook.isKnown(code) && !isNumbered(code) { throw unknown(code) }
    }

    static func unknown(_ code: String) -> Diagnostic {
        let hint = RuleBook.suggestion(for: code).map { "did you mean '\($0)'?" }
        return Diagnostic(
            code: "lint.code", "there is no rule '\(SafeText.text(code))'",
            hint: hint ?? "sampan lint --list shows the rules", exitCode: 64)
    }

    private static func isNumbered(_ code: String) -> Bool {
        let bytes = Array(code.utf8)
        return bytes.count == 6 && (bytes.starts(with: "DL".utf8) || bytes.starts(with: "SC".utf8))
            && bytes[2...].allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// Today as days since 1970-01-01.
enum Today {
    static var days: Int { Int(FileTime.now().seconds / 86_400) }
}
