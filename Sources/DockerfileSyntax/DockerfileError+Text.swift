package import Core

extension DockerfileError {
    package var diagnostic: Diagnostic {
        let (code, message, hint) = kind.words
        return Diagnostic(code: "dockerfile." + code, message, at: span, hint: hint)
    }
}

extension DockerfileError.Kind {
    /// The code, the message and the remedy.
    fileprivate var words: (code: String, message: String, hint: String?) {
        textWords ?? instructionWords ?? flagWords ?? mountWords ?? wordWords
    }

    private var textWords: (String, String, String?)? {
        switch self {
        case .nulByte:
            ("nul", "the file holds a NUL byte", "save it as plain UTF-8 text")
        case .invalidUTF8:
            ("utf8", "the file is not valid UTF-8 here", "save it as UTF-8 text")
        case .noInstructions:
            ("empty", "file with no instructions", "a Dockerfile starts with FROM")
        case .repeatedDirective(let name):
            ("repeated-directive", "only one \(name) parser directive can be used", "remove this line")
        case .invalidEscape(let value):
            (
                "invalid-escape", "invalid escape token '\(clip(value))' does not match ` or \\",
                "write `# escape=\\` or `# escape=` followed by a backtick"
            )
        case .foreignFrontend(let name):
            (
                "foreign-frontend", "the file asks for the frontend '\(clip(name))', which is not built in",
                "use `# syntax=docker/dockerfile:1`, or remove the line if the file is a plain Dockerfile"
            )
        case .unterminatedHeredoc(let name):
            ("unterminated-heredoc", "unterminated heredoc", "end it with a line that holds only '\(clip(name))'")
        case .malformedHeredoc(let kind):
            ("malformed-heredoc", kind.message, "quote the name on both sides, as in <<\"EOF\"")
        case .notAllStrings:
            (
                "not-all-strings", "when using JSON array syntax, arrays must be comprised of strings only",
                "put the element in double quotes"
            )
        case .missingPairValue(let keyword):
            ("missing-value", "\(keyword) must have two arguments", "write \(keyword) name=value")
        case .missingEquals(let word):
            (
                "missing-equals", "can't find = in '\(clip(word))', which must be of the form name=value",
                "quote a value that has spaces: name=\"a b\""
            )
        default: nil
        }
    }

    private var instructionWords: (String, String, String?)? {
        switch self {
        case .emptyContinuation:
            ("empty-continuation", "a line continuation has nothing to continue", "remove it")
        case .unknownInstruction(let name):
            (
                "unknown-instruction", "unknown instruction: \(clip(name))",
                Suggestion.hint(for: name, in: Keyword.allCases.map(\.rawValue))
                    ?? "if it belongs to the line above, end that line with the escape character"
            )
        case .missingArguments(let keyword, .atLeastOne):
            ("missing-arguments", "\(keyword) requires at least one argument", Self.usage(keyword))
        case .missingArguments(let keyword, .exactlyOne):
            ("missing-arguments", "\(keyword) requires exactly one argument", Self.usage(keyword))
        case .missingArguments(let keyword, .atLeastTwo):
            (
                "missing-arguments",
                "\(keyword) requires at least two arguments, but only one was provided: destination could not be determined",
                Self.usage(keyword)
            )
        case .instructionBeforeFrom(let keyword):
            (
                "no-stage", "no build stage in current context: \(keyword) comes before the first FROM",
                "only ARG may stand before FROM"
            )
        case .noStage:
            ("no-stage", "dockerfile contains no stages to build", "add a FROM instruction")
        case .fromArguments:
            ("from-arguments", "FROM requires either one or three arguments", "write FROM image or FROM image AS name")
        case .invalidStageName(let name):
            (
                "stage-name",
                "invalid name for build stage: '\(clip(name))', name can't start with a number or contain symbols",
                "use letters, digits, - _ and ., starting with a letter"
            )
        case .reservedStageName(let name):
            ("stage-name", "'\(name)' is a reserved name and can't name a build stage", "choose another name")
        case .blankName(let keyword):
            ("blank-name", "\(keyword) names can not be blank", "write \(keyword) name=value")
        case .notJSON(let keyword):
            (
                "not-json", "\(keyword) requires the arguments to be in JSON form",
                "write \(keyword) [\"executable\", \"parameter\"], with double quotes"
            )
        case .emptyVolume:
            ("empty-volume", "VOLUME specified can not be an empty string", "name a directory")
        case .heredocDestination(let keyword):
            (
                "heredoc-destination", "\(keyword) cannot accept a heredoc as a destination",
                "write \(keyword) <<EOF /path/of/file"
            )
        case .heredocInJSON(let keyword):
            (
                "heredoc-json", "\(keyword) cannot take a heredoc in the JSON form",
                "write \(keyword) <<EOF /path/of/file"
            )
        case .destinationNotDirectory(let keyword, let destination):
            (
                "destination-directory",
                "when using \(keyword) with more than one source file, the destination must be a directory and end with a /",
                "write '\(clip(destination))/'"
            )
        case .chainedOnbuild:
            ("onbuild-trigger", "chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", "write ONBUILD once")
        case .forbiddenTrigger(let keyword):
            ("onbuild-trigger", "\(keyword) isn't allowed as an ONBUILD trigger", nil)
        case .unknownHealthcheck(let type):
            (
                "healthcheck-type", "unknown type '\(clip(type))' in HEALTHCHECK (try CMD)",
                "write HEALTHCHECK CMD command or HEALTHCHECK NONE"
            )
        case .healthcheckNoneArguments:
            ("healthcheck-none", "HEALTHCHECK NONE takes no arguments", "remove what follows NONE")
        case .healthcheckMissingCommand:
            ("healthcheck-command", "missing command after HEALTHCHECK CMD", Self.usage("HEALTHCHECK"))
        default: nil
        }
    }

    private var flagWords: (String, String, String?)? {
        switch self {
        case .unknownFlag(let flag, let keyword, let known):
            (
                "unknown-flag", "unknown flag --\(clip(flag)) for \(keyword)",
                Suggestion.nearest(to: flag, in: known).map { "did you mean '--\($0)'?" }
                    ?? (known.isEmpty
                        ? "\(keyword) takes no flags"
                        : "\(keyword) takes " + known.map { "--" + $0 }.joined(separator: ", "))
            )
        case .duplicateFlag(let flag):
            ("duplicate-flag", "duplicate flag specified: --\(flag)", "give it once")
        case .flagNeedsValue(let flag, let keyword):
            ("flag-value", "missing a value on flag --\(flag)", "write \(keyword) --\(flag)=VALUE, with =")
        case .flagNotBoolean(let flag, let value):
            (
                "flag-boolean", "expecting boolean value for flag --\(flag), not '\(clip(value))'",
                "write --\(flag), --\(flag)=true or --\(flag)=false"
            )
        case .unknownFlagValue(let flag, let value, let known):
            (
                "flag-value", "invalid value '\(clip(value))' for flag --\(flag)",
                Suggestion.hint(for: value, in: known) ?? "use one of " + known.joined(separator: ", ")
            )
        case .invalidDuration(let flag, let value):
            (
                "duration", "'\(clip(value))' for --\(flag) is not a duration",
                "write a number with a unit, such as 30s or 1m30s"
            )
        case .durationTooShort(let flag, let value):
            (
                "duration", "interval '\(clip(value))' for --\(flag) cannot be less than 1ms",
                "use 1ms or more, or 0 for the default"
            )
        case .invalidRetries(let value):
            ("retries", "'\(clip(value))' for --retries is not a count", "write a whole number from 0 on")
        case .devicesUnsupported:
            (
                "device", "RUN --device is not supported",
                "devices are not passed into builds; do the work that needs one when the container runs"
            )
        case .variableInFrom:
            (
                "variable-in-from", "'from' doesn't support variable expansion, define alias stage instead",
                "add `FROM $NAME AS alias` before this stage and use from=alias"
            )
        default: nil
        }
    }

    private var mountWords: (String, String, String?)? {
        switch self {
        case .malformedMount:
            ("mount", "the mount is not a list of key=value pairs", "write --mount=type=cache,target=/path")
        case .unknownMountType(let type):
            (
                "mount-type", "unsupported mount type '\(clip(type))'",
                Suggestion.hint(for: type, in: Mount.Kind.allCases.map(\.rawValue))
                    ?? "use one of " + Mount.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            )
        case .unknownMountOption(let option, let known):
            (
                "mount-option", "unexpected mount option '\(clip(option))'",
                Suggestion.hint(for: option, in: known) ?? "use one of " + known.joined(separator: ", ")
            )
        case .mountOptionNeedsValue(let option):
            ("mount-option", "mount option '\(clip(option))' must be a key=value pair", "write \(clip(option))=VALUE")
        case .mountOptionNotForType(let option, let type):
            (
                "mount-option", "mount option '\(option)' is not allowed for type=\(type)",
                "remove it, or change the type"
            )
        case .invalidMountValue(let option, let value, let expected):
            ("mount-value", "invalid value '\(clip(value))' for mount option '\(option)'", "give \(expected)")
        case .secretWithoutName:
            ("mount-secret", "invalid secret mount: one of source, target required", "write id=NAME")
        case .secretSourceAndID:
            ("mount-secret", "both source and id can't be set for a secret mount", "keep id")
        case .mountWithoutTarget(let type):
            ("mount-target", "a \(type) mount needs a target", "write target=/path")
        default: nil
        }
    }

    private var wordWords: (String, String, String?) {
        switch self {
        case .expansion(let kind): ("expansion", kind.message, kind.hint)
        case .invalidMode(let text):
            (
                "chmod", "'\(clip(text))' is not a file mode",
                "write an octal number such as 755, or a symbolic mode such as u+rwX,go-w"
            )
        case .invalidOwner(let text):
            ("chown", "'\(clip(text))' is not an owner", "write user, user:group or :group, as names or numbers")
        case .invalidPattern(let text):
            (
                "pattern", "'\(clip(text))' is not a valid pattern",
                "close every [ with ], and write \\ only before a character"
            )
        default: ("invalid", "invalid Dockerfile", nil)
        }
    }

    private static func usage(_ keyword: String) -> String? {
        guard let keyword = Keyword(rawValue: keyword) else { return nil }
        return DockerfileSupport.instruction(keyword).map { "usage: " + $0.usage }
    }

    private func clip(_ text: String) -> String {
        text.utf8.count <= 200 ? text : String(text.prefix(120)) + "…"
    }
}
