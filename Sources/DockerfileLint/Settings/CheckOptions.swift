// https://docs.docker.com/build/checks/
package import Core
import DockerfileSyntax

/// What `# check=` in a Dockerfile, or the build argument `BUILDKIT_DOCKERFILE_CHECK`, says:
/// `skip=NAME,NAME;error=true;experimental=all`.
///
/// Names are BuildKit's, in any case; the codes of other rules are taken too.
package struct CheckOptions: Hashable, Sendable {
    /// Every check of BuildKit's is off.
    package private(set) var skipsAll = false
    /// In small letters.
    package private(set) var skipped: Set<String> = []
    package private(set) var wantsAllExperiments = false
    /// In small letters.
    package private(set) var experiments: Set<String> = []
    /// What checks find fails the build.
    package private(set) var isError = false

    package init() {}

    package init(parsing text: String) throws(CheckOptionsError) {
        guard text.contains(where: { !$0.isWhitespace }) else { return }
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.trimmed(sides[0])
            guard sides.count == 2 else { throw CheckOptionsError(.noValue(name)) }
            let value = Self.trimmed(sides[1])
            switch name {
            case "skip":
                if value == "all" { skipsAll = true } else { skipped.formUnion(Self.names(value)) }
            case "experimental":
                if value == "all" { wantsAllExperiments = true } else { experiments.formUnion(Self.names(value)) }
            case "error":
                switch value {
                case "1", "t", "T", "true", "TRUE", "True": isError = true
                case "0", "f", "F", "false", "FALSE", "False": isError = false
                default: throw CheckOptionsError(.notBoolean(value))
                }
            default: throw CheckOptionsError(.unknown(name))
            }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { trimmed($0).lowercased() }.filter { !$0.isEmpty }
    }

    /// The severity of a rule under these options; nil leaves the rule's own.
    func severity(of info: RuleInfo) -> LintSeverity? {
        guard info.origin == .buildkit else { return nil }
        if info.severity == .ignore {
            guard wantsAllExperiments || experiments.contains(info.code.lowercased()) else { return nil }
            return isError ? .error : .warning
        }
        return isError ? .error : nil
    }

    /// Silences the rule of a code, or one that tells the same. An experiment that is asked for runs nevertheless.
    func skips(_ code: String) -> Bool {
        guard skipsAll || !skipped.isEmpty else { return false }
        return RuleSet.family(of: code).contains { member in
            if skipped.contains(member.lowercased()), !isExperiment(member) { return true }
            return skipsAll && RuleSet.rule(member)?.info.origin == .buildkit && !isExperiment(member)
        }
    }

    private func isExperiment(_ code: String) -> Bool {
        wantsAllExperiments || experiments.contains(code.lowercased())
            ? RuleSet.rule(code)?.info.severity == .ignore : false
    }

    /// Every name in the options that is no rule's, in order.
    package var unknownNames: [String] {
        skipped.union(experiments).filter { !RuleSet.lowercasedCodes.contains($0) && $0 != "all" }.sorted()
    }
}

/// Options of checks that can't be read.
package struct CheckOptionsError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case noValue(String)
        case unknown(String)
        case notBoolean(String)
    }

    package var kind: Kind

    init(_ kind: Kind) { self.kind = kind }
}

extension CheckOptionsError: DiagnosticConvertible {
    package var diagnostic: Diagnostic {
        let form = "the form is skip=NAME,NAME;error=true;experimental=NAME"
        switch kind {
        case .noValue(let text):
            return Diagnostic(code: "check.value", "the option '\(text)' for checks has no value", hint: form)
        case .unknown(let text):
            let near = Suggestion.hint(for: text, in: ["skip", "error", "experimental"])
            return Diagnostic(code: "check.option", "there is no option '\(text)' for checks", hint: near ?? form)
        case .notBoolean(let text):
            return Diagnostic(
                code: "check.error", "'\(text)' is no value of error= for checks", hint: "write true or false")
        }
    }
}

extension LintFile {
    /// Why the file's `# check=` can't be read; nil when it can, or isn't needed.
    package var checkProblem: Diagnostic? {
        guard settings.checks == nil, let directive = dockerfile.directive(.check) else { return nil }
        do throws(CheckOptionsError) {
            _ = try CheckOptions(parsing: directive.value.text)
            return nil
        } catch {
            return error.diagnostic.within(SourceSpan(source, directive.value.range))
        }
    }
}

/// The options of checks that hold in a file: for all of it, and in comments above instructions.
struct FileChecks: Sendable {
    private(set) var all = CheckOptions()
    /// By index of the instruction.
    private var instructions: [Int: CheckOptions] = [:]

    /// - Parameter given: comes before what the file says.
    init(_ dockerfile: Dockerfile, given: CheckOptions?) {
        if let given {
            all = given
        } else if let directive = dockerfile.directive(.check) {
            all = (try? CheckOptions(parsing: directive.value.text)) ?? CheckOptions()
        }
        let marks = dockerfile.comments.contains { $0.text.hasPrefix("check") }
        guard marks else { return }
        for (index, instruction) in dockerfile.instructions.enumerated() {
            for comment in instruction.comments {
                guard let text = Self.options(in: comment.text), let options = try? CheckOptions(parsing: text) else {
                    continue
                }
                instructions[index] = options
            }
        }
    }

    /// What stands behind `check=` in a comment.
    static func options(in comment: String) -> String? {
        guard comment.hasPrefix("check") else { return nil }
        var rest = comment.dropFirst(5)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        guard rest.first == "=" else { return nil }
        return String(rest.dropFirst())
    }

    func skips(_ finding: Finding) -> Bool {
        if all.skips(finding.code) { return true }
        guard let index = finding.instruction, let options = instructions[index] else { return false }
        return options.skips(finding.code)
    }
}
