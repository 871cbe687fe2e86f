import Core
import DockerfileLint

/// The commonest command lines, `sampan lint FILE…` with few options or none, which editors and hooks run for every file
/// saved.
///
/// Such a line needs no general parser of arguments and its work no second thread; both together take longer than linting
/// a file does (ARCHITECTURE.md, "Starting"). Anything unusual is left to ``LintCommand``, so that there is one place that
/// tells what is wrong with a command line.
enum PlainLint {
    /// Does the work if the line is such a one.
    /// - Parameter words: the command line, the program's name first.
    /// - Returns: the exit status; nil when nothing was done.
    static func run(_ words: [String]) -> Int32? {
        guard words.count > 2, words[1] == "lint", EnvironmentTwins.isEmpty, let request = request(words[2...]) else {
            return nil
        }
        do {
            try LintCodes.check(request.overrides.ignored)
            return try LintRun(request).finishHere() ? 0 : nil
        } catch {
            return SampanProgram.status(of: error)
        }
    }

    /// What the words ask for; nil when they need the parser of arguments.
    private static func request(_ words: ArraySlice<String>) -> LintRequest? {
        var request = LintRequest()
        var words = words
        while let word = words.popFirst() {
            guard word != "-", word.hasPrefix("-") else {
                request.files.append(word)
                continue
            }
            switch word {
            case "--no-fail": request.overrides.noFail = true
            case "--no-color": request.overrides.noColor = true
            case "--disable-ignore-pragma": request.overrides.disablesIgnorePragma = true
            case "--shellcheck": request.usesShellCheck = true
            case "--no-shellcheck": request.usesShellCheck = false
            case "-f", "--format", "-t", "--failure-threshold", "-c", "--config", "--ignore", "--file-path-in-report":
                guard let value = words.popFirst(), !value.hasPrefix("-"), set(word, value, &request) else {
                    return nil
                }
            default: return nil
            }
        }
        return request.files.isEmpty ? nil : request
    }

    /// - Returns: false for a value that the option does not have.
    private static func set(_ option: String, _ value: String, _ request: inout LintRequest) -> Bool {
        switch option {
        case "-f", "--format":
            guard let format = LintFormat(rawValue: value) else { return false }
            request.format = format
        case "-t", "--failure-threshold":
            guard let severity = HadolintConfig.severity(value) else { return false }
            request.overrides.failureThreshold = severity
        case "-c", "--config": request.config = value
        case "--ignore": request.overrides.ignored.append(value)
        default: request.pathInReport = value
        }
        return true
    }
}
