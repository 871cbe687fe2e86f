// https://docs.docker.com/reference/dockerfile/

/// What of the Dockerfile language is supported. The documentation's table is made from this.
package enum DockerfileSupport {
    package enum Status: String, Sendable {
        case supported
        /// Works, but one should write something else.
        case deprecated
        /// An error that says so.
        case refused
    }

    /// A flag of an instruction, or an option of a flag.
    package struct Feature: Sendable {
        package var name: String
        package var status: Status
        package var note: String

        init(_ name: String, _ note: String = "", _ status: Status = .supported) {
            self.name = name
            self.status = status
            self.note = note
        }
    }

    package struct InstructionSupport: Sendable {
        package var keyword: Keyword
        package var status: Status
        package var usage: String
        package var note: String
        package var flags: [Feature]

        init(
            _ keyword: Keyword, _ usage: String, _ note: String = "", _ status: Status = .supported,
            flags: [Feature] = []
        ) {
            self.keyword = keyword
            self.status = status
            self.usage = usage
            self.note = note
            self.flags = flags
        }
    }

    package static func instruction(_ keyword: Keyword) -> InstructionSupport? {
        instructions.first { $0.keyword == keyword }
    }

    private static let ownership = [
        Feature("--chown", "user and group, as names or numbers"),
        Feature("--chmod", "octal or symbolic"),
        Feature("--link", "the layer does not depend on what lies below it"),
    ]

    package static let instructions: [InstructionSupport] = [
        InstructionSupport(
            .from, "FROM [--platform=PLATFORM] IMAGE [AS NAME]",
            "several stages; `scratch`; a stage, an image or a named context",
            flags: [Feature("--platform", "may use global ARGs")]),
        InstructionSupport(
            .run, "RUN [FLAGS] COMMAND  or  RUN [\"program\", \"argument\"]", "shell form, exec form, heredocs",
            flags: [
                Feature("--mount=type=bind", "from the context, a stage, an image or a named context"),
                Feature("--mount=type=cache", "kept between builds; shared, private or locked"),
                Feature("--mount=type=tmpfs"),
                Feature("--mount=type=secret", "as a file, a variable or both"),
                Feature("--mount=type=ssh"),
                Feature("--network", "default, none, host"),
                Feature("--security", "sandbox; insecure needs `--allow security.insecure`"),
                Feature("--device", "devices are not passed into builds", .refused),
            ]),
        InstructionSupport(.cmd, "CMD [\"program\", \"argument\"]  or  CMD command", "shell form and exec form"),
        InstructionSupport(
            .entrypoint, "ENTRYPOINT [\"program\", \"argument\"]  or  ENTRYPOINT command", "shell form and exec form"),
        InstructionSupport(.label, "LABEL name=value ...", "the old form `LABEL name value` is read too"),
        InstructionSupport(.env, "ENV name=value ...", "the old form `ENV name value` is read too"),
        InstructionSupport(.expose, "EXPOSE port[/protocol] ...", "ranges too"),
        InstructionSupport(
            .add, "ADD [FLAGS] SOURCE ... DESTINATION  or  ADD [\"source\", \"destination\"]",
            "files, heredocs, URLs, git repositories; local archives are unpacked",
            flags: [
                Feature("--checksum", "of a URL or a git commit"),
                Feature("--keep-git-dir", "of a git repository"),
                Feature("--unpack", "unpacks downloads, or leaves local archives as they are"),
                Feature("--exclude", "patterns as in .dockerignore"),
            ] + ownership),
        InstructionSupport(
            .copy, "COPY [FLAGS] SOURCE ... DESTINATION  or  COPY [\"source\", \"destination\"]",
            "files, directories, wildcards, heredocs",
            flags: [
                Feature("--from", "a stage by name or number, an image, a named context"),
                Feature("--parents", "keeps the directories of the sources"),
                Feature("--exclude", "patterns as in .dockerignore"),
            ] + ownership),
        InstructionSupport(.user, "USER user[:group]", "names or numbers"),
        InstructionSupport(.workdir, "WORKDIR /path", "relative paths follow the one before"),
        InstructionSupport(.volume, "VOLUME /path ...  or  VOLUME [\"/path\"]"),
        InstructionSupport(
            .arg, "ARG name[=value] ...", "before FROM for all FROMs; else from there to the end of its stage"),
        InstructionSupport(.onbuild, "ONBUILD INSTRUCTION", "any instruction but FROM, ONBUILD and MAINTAINER"),
        InstructionSupport(.stopsignal, "STOPSIGNAL signal"),
        InstructionSupport(
            .healthcheck, "HEALTHCHECK [FLAGS] CMD command  or  HEALTHCHECK NONE", "",
            flags: [
                Feature("--interval", "a duration such as 30s"),
                Feature("--timeout", "a duration"),
                Feature("--start-period", "a duration"),
                Feature("--start-interval", "a duration"),
                Feature("--retries", "a count"),
            ]),
        InstructionSupport(.shell, "SHELL [\"program\", \"argument\"]", "JSON form only"),
        InstructionSupport(.maintainer, "MAINTAINER name", "write a label instead", .deprecated),
    ]

    package static let directives: [Feature] = [
        Feature("syntax", "any version of docker/dockerfile; another frontend is refused"),
        Feature("escape", "`\\` or a backtick"),
        Feature("check", "read and kept for the linter"),
    ]

    package static let modifiers: [Feature] = [
        Feature("${name:-word}, ${name-word}", "the word when the variable is unset (with `:` also when it is empty)"),
        Feature("${name:+word}, ${name+word}", "the word when the variable is set"),
        Feature("${name:?word}, ${name?word}", "an error with the word when the variable is unset"),
        Feature("${name#pattern}, ${name##pattern}", "without the shortest or longest matching start"),
        Feature("${name%pattern}, ${name%%pattern}", "without the shortest or longest matching end"),
        Feature("${name/pattern/word}, ${name//pattern/word}", "the first match or all matches replaced"),
    ]

    /// The options of `--mount`, with the mount types that take them.
    package static var mountOptions: [Feature] {
        Mount.Option.allCases.map { option in
            let kinds = Mount.Kind.allCases.filter(option.kinds.contains).map(\.rawValue)
            let spellings = Mount.Option.names.filter { $0 != option.rawValue && Mount.Option(name: $0) == option }
            let also = spellings.isEmpty ? "" : "; also written " + spellings.joined(separator: ", ")
            return Feature(option.rawValue, kinds.joined(separator: ", ") + also)
        }
    }
}
