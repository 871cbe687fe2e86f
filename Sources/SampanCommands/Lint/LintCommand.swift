package import ArgumentParser
import Core
import DockerfileLint
import HostOS

/// `sampan lint`.
package struct LintCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Judge Dockerfiles: what is wrong, why, and how to mend it.",
        discussion: """
            The rules are hadolint's (DL…), BuildKit's build checks, ShellCheck's for the scripts of RUN (SC…, where the \
            program shellcheck is installed) and our own (SMP…). A finding is turned off by '# hadolint ignore=CODE' \
            before the instruction, '# hadolint global ignore=CODE', '# check=skip=NAME' or --ignore.
            --fix makes the changes after which the file means the same, --fix=unsafe also those that may change what is \
            built; --diff shows them and changes nothing.
            The exit status is 0 when nothing is found, 1 for findings from --failure-threshold up, 2 when a file can't be \
            read.
            """)

    @Argument(
        help: """
            Dockerfiles; directories, which are searched for them; patterns such as '**/Dockerfile*'; - for standard \
            input. (default: all below the working directory)
            """)
    var files: [String] = []

    @Option(name: [.customShort("f", allowingJoined: true), .long], help: "How to write findings.")
    var format: LintFormat?

    @Flag(name: .customLong("fix"), help: "Make the safe changes; --fix=unsafe makes all.")
    var fixesSafely = false

    @Flag(name: .customLong("fix-unsafe"), help: ArgumentHelp("Make all changes.", visibility: .hidden))
    var fixesAll = false

    @Flag(help: "Show what --fix (or --fix=unsafe) would change; change nothing.")
    var diff = false

    @Flag(help: "Ask registries for the digests of base images, for --fix to write them behind their tags.")
    var pin = false

    @Option(help: ArgumentHelp("Tell all about a rule.", valueName: "code"))
    var explain: String?

    @Flag(help: "List the rules.")
    var list = false

    @Option(help: ArgumentHelp("A rule to leave out; can be repeated.", valueName: "code"))
    var ignore: [String] = []

    @Option(help: ArgumentHelp("Make a rule an error.", valueName: "code"))
    var error: [String] = []

    @Option(help: ArgumentHelp("Make a rule a warning.", valueName: "code"))
    var warning: [String] = []

    @Option(help: ArgumentHelp("Make a rule an information.", valueName: "code"))
    var info: [String] = []

    @Option(help: ArgumentHelp("Make a rule a matter of style.", valueName: "code"))
    var style: [String] = []

    @Option(
        help: ArgumentHelp("A registry that images may come from; others are told (DL3026).", valueName: "registry"))
    var trustedRegistry: [String] = []

    @Option(
        help: ArgumentHelp(
            "A label that images must have, as name:type with text, rfc3339, semver, url, hash, spdx or email.",
            valueName: "name:type"))
    var requireLabel: [RequiredLabel] = []

    @Flag(help: "Allow no labels but those of --require-label.")
    var strictLabels = false

    @Flag(help: "Make the exit status 0 whatever is found.")
    var noFail = false

    @Option(
        name: [.customShort("t", allowingJoined: true), .long],
        help: "The least severity that fails: error, warning, info, style, or ignore for all. (default: info)")
    var failureThreshold: FailureThreshold?

    @Flag(help: "Heed no comments that turn rules off.")
    var disableIgnorePragma = false

    @Option(
        name: [.customShort("c", allowingJoined: true), .long],
        help: "The file of hadolint's settings. (default: .hadolint.yaml, …)")
    var config: String?

    @Option(help: "The build context that rules look into. (default: the Dockerfile's directory)")
    var context: String?

    @Option(help: ArgumentHelp("What the file is called in reports for programs.", valueName: "path"))
    var filePathInReport: String?

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "A file for the report, in place of standard output.")
    var output: String?

    @Flag(help: "Write without colours.")
    var noColor = false

    @Flag(
        name: [.customShort("V"), .long],
        help: "Tell on standard error which settings hold, and where they come from.")
    var verbose = false

    @Flag(name: .customShort("v"), help: ArgumentHelp("Show the version.", visibility: .hidden))
    var showsVersion = false

    @Flag(
        inversion: .prefixedNo, help: "Insist on the program shellcheck, or do without. (default: used where installed)"
    )
    var shellcheck: Bool?

    @OptionGroup
    var registry: RegistryOptions

    @Flag(help: "Serve an editor: speak the language server protocol on standard input and output.")
    var lsp = false

    package init() {}

    /// `--fix=unsafe` in the words that the parser of arguments takes: its flags have no values.
    package static func translated(_ words: [String]) -> [String] {
        guard let end = words.firstIndex(of: "--") else { return words.map(translated) }
        return words[..<end].map(translated) + words[end...]
    }

    private static func translated(_ word: String) -> String {
        switch word {
        case "--fix=unsafe", "--fix=all": "--fix-unsafe"
        case "--fix=safe": "--fix"
        default: word
        }
    }

    package func validate() throws {
        if format != nil, diff { throw ValidationError("--diff has a form of its own: leave --format out") }
        if pin, files.contains("-") { throw ValidationError("--pin takes files: standard input can be read only once") }
        if lsp, !files.isEmpty || fixesSafely || fixesAll || diff || pin {
            throw ValidationError("--lsp serves an editor, which names the files: give it settings alone")
        }
    }

    package func run() async throws {
        if showsVersion { return Console.shared.output(Version.text) }
        if let explain { return try explainRule(explain) }
        if list { return listRules() }
        try LintCodes.check(ignore + error + warning + info + style)
        let request = request
        if lsp { return try await request.serveEditor() }
        let run = try LintRun(request)
        guard pin else { return try await Interruption.shared.cancelling { try await run.finish() } }
        let registry = registry
        try await Interruption.shared.cancelling {
            var run = run
            run.plan.settings.digests = try await BaseDigests.lookUp(for: run.paths.files, registry)
            try await run.finish()
        }
    }

    /// What the options say, as plain values.
    private var request: LintRequest {
        var request = LintRequest()
        request.files = files
        request.format = format
        request.fixes = fixesAll ? .all : fixesSafely || diff ? .safe : .none
        request.showsDifference = diff
        request.config = config
        request.context = context
        request.pathInReport = filePathInReport
        request.output = output
        request.usesShellCheck = shellcheck
        request.overrides = overrides
        return request
    }

    /// The options, as hadolint's config would have them.
    private var overrides: HadolintConfig {
        var config = HadolintConfig()
        config.noFail = noFail
        config.noColor = noColor
        config.isVerbose = verbose
        config.failureThreshold = failureThreshold?.severity
        config.overrides = [.error: error, .warning: warning, .info: info, .style: style].filter { !$0.value.isEmpty }
        config.ignored = ignore
        config.trustedRegistries = trustedRegistry
        config.strictLabels = strictLabels
        config.disablesIgnorePragma = disableIgnorePragma
        for label in requireLabel { config.labelSchema[label.name] = label.type }
        return config
    }

    // MARK: Rules

    private func explainRule(_ code: String) throws {
        if let info = RuleBook.find(code) {
            return Console.shared.output(
                RuleBook.explanation(info, width: min(100, Console.shared.outputWidth ?? 80)), terminator: "")
        }
        if let other = RuleBook.other(code) { return Console.shared.output(other) }
        throw LintCodes.unknown(code)
    }

    private func listRules() {
        switch format {
        case .json: Console.shared.output(RuleBook.json.bytes(indent: "  "))
        default: Console.shared.output(RuleBook.list, terminator: "")
        }
    }
}
