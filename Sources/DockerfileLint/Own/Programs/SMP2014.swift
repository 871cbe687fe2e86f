import DockerfileSyntax

/// Shell form where there is no shell.
enum SMP2014: LintRule {
    static let info = RuleInfo(
        "SMP2014", .sampan, .error, "Shell form needs /bin/sh, which this image doesn't have",
        why: """
            Text that isn't a JSON array is given to `/bin/sh -c`. scratch and the distroless images have no shell: a RUN \
            fails, and a container with such an ENTRYPOINT, CMD or HEALTHCHECK doesn't start or is never healthy. Write \
            the program and its arguments as a JSON array.
            """,
        bad: .init("FROM scratch\nCOPY app /app\nENTRYPOINT /app --serve\n"),
        good: .init("FROM scratch\nCOPY app /app\nENTRYPOINT [\"/app\", \"--serve\"]\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            guard let base = StageBase(file, stage), base.lacksShell, !mayHaveShell(file, stage) else { continue }
            for statement in file.statements(of: stage) where !statement.isTrigger {
                guard isShellForm(statement.command), let keyword = statement.keyword else { continue }
                report.add(
                    statement.instruction.range, in: statement,
                    "\(keyword.rawValue) in shell form needs /bin/sh, which \(base.image.name) doesn't have")
            }
        }
    }

    private static func isShellForm(_ command: Command?) -> Bool {
        switch command {
        case .run(let run): isShell(run.line)
        case .cmd(let line), .entrypoint(let line): isShell(line)
        case .healthcheck(let check): if case .shell = check.test { true } else { false }
        default: false
        }
    }

    private static func isShell(_ line: CommandLine) -> Bool {
        // A script may name an interpreter of its own.
        guard line.heredocs.isEmpty, case .shell = line.form else { return false }
        return true
    }

    /// Some instruction may bring a shell, or names another one.
    private static func mayHaveShell(_ file: LintFile, _ stage: LintStage) -> Bool {
        file.chain(of: stage).contains { stage in
            file.statements(of: stage).contains { statement in
                switch statement.command {
                case .add, .shell, nil: true
                case .run(let run): !isShell(run.line) || !run.mounts.isEmpty
                case .copy(let copy): mayBringShell(copy.transfer)
                default: false
                }
            }
        }
    }

    private static func mayBringShell(_ transfer: Transfer) -> Bool {
        let destination = PathText.joined("/", transfer.destination.text)
        if destination.hasSuffix("/sh") || destination.contains("bin") || destination.contains("$") { return true }
        return transfer.sources.contains { source in
            guard case .path(let word) = source else { return false }
            let path = PathText.joined("/", word.text)
            return path == "/" || path.contains("bin") || path.hasSuffix("sh") || path.contains("rootfs")
                || path.contains("$") || path.contains("*") || destination == "/" && !isFile(path)
        }
    }

    /// Looks like a single program.
    private static func isFile(_ path: String) -> Bool { !path.hasSuffix("/") && path != "/out" && path != "/dist" }
}
