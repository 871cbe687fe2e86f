// https://docs.docker.com/reference/dockerfile/#healthcheck
internal import Core
internal import DockerfileSyntax
internal import OCI
internal import ShellSyntax

/// Whether the image can still be asked how it is.
extension SlimRewriter {
    enum Healthcheck {
        /// As the Dockerfile has it.
        case kept
        /// By its value.
        case line(String)
        /// There is none, or none that could work; then the notes say why.
        case none
    }

    /// What becomes of the fat image's check, which may be its base's.
    mutating func healthcheck() -> Healthcheck {
        guard let check = config.healthcheck, let kind = check.test.first else { return .none }
        let isOwn = stage.statements.contains { $0.instruction.keyword == .healthcheck }
        switch kind {
        case "NONE": return isOwn ? .kept : .none
        case "CMD":
            let words = Array(check.test.dropFirst())
            guard let program = words.first, isCopied(program) else { return leaveOut(check.test.dropFirst().first) }
            notes.append("HEALTHCHECK is carried over, and was not run: " + words.joined(separator: " "))
            return isOwn ? .kept : .line(Self.line(check, "CMD " + Self.json(words)))
        case "CMD-SHELL": return shell(check, isOwn: isOwn)
        default: return .none
        }
    }

    private mutating func shell(_ check: ContainerConfig.Healthcheck, isOwn: Bool) -> Healthcheck {
        let text = check.test.dropFirst().joined(separator: " ")
        let script = ShellScript.parse(text)
        if let words = Self.onlyProgram(script) {
            guard let program = words.first, isCopied(program) else { return leaveOut(words.first) }
            notes.append(
                "HEALTHCHECK is carried over without a shell, and was not run: " + words.joined(separator: " "))
            return .line(Self.line(check, "CMD " + Self.json(words)))
        }
        let shell = config.shell.first ?? "/bin/sh"
        guard config.shell.isEmpty, isCopied(shell) else {
            notes.append("HEALTHCHECK is left out: it is a script for \(shell), which is not in the slim image")
            return .none
        }
        let names = script.commands.map(\.name).filter { !$0.isEmpty }
        if let missing = names.first(where: { !ShellBuiltins.names.contains($0) && !isCopied($0) }) {
            return leaveOut(missing)
        }
        notes.append("HEALTHCHECK is carried over, and was not run: " + text)
        return isOwn ? .kept : .line(Self.line(check, "CMD " + text))
    }

    private mutating func leaveOut(_ program: String?) -> Healthcheck {
        notes.append("HEALTHCHECK is left out: it runs \(program ?? "nothing"), which is not in the slim image")
        return .none
    }

    /// The words of a script that starts one program, and perhaps says `|| exit 1` behind it: engines take any code
    /// but 0 for ill.
    private static func onlyProgram(_ script: ShellScript) -> [String]? {
        guard script.isReadable, script.scopes.count <= 1, let first = script.commands.first,
            first.assignments.isEmpty, first.redirections.isEmpty, !first.isNegated,
            first.words.allSatisfy(\.isLiteral), first.after == .edge || first.after == .or
        else { return nil }
        switch script.commands.count {
        case 1: break
        case 2:
            let words = script.commands[1].words.map(\.text)
            guard first.after == .or, words == ["exit", "1"] || words == ["false"],
                script.commands[1].redirections.isEmpty, script.commands[1].after == .edge
            else { return nil }
        default: return nil
        }
        var words = first.words.map(\.text)
        if words.first == "exec" { words.removeFirst() }
        guard let name = words.first, !ShellBuiltins.names.contains(name) else { return nil }
        return words
    }

    /// Whether a program, looked up as it would be in the image, is among what is copied.
    private func isCopied(_ program: String) -> Bool {
        let base = BytePath(cleaning: config.workingDir ?? "/")
        if program.contains("/") {
            let path =
                program.hasPrefix("/") ? BytePath(cleaning: program) : base.appending(BytePath(cleaning: program))
            return has(path) || plan.items.contains { $0.isDirectory && path.isSameOrBelow($0.path) }
        }
        let line = config.env.last { $0.hasPrefix("PATH=") }
        let directories = (line.map { String($0.dropFirst(5)) } ?? Self.usualPath).split(separator: ":")
        return directories.contains { has(BytePath(cleaning: $0 + "/" + program)) }
    }

    private func has(_ path: BytePath) -> Bool {
        plan.items.contains { item in
            guard !item.isDirectory else { return false }
            return (item.destination ?? item.path) == path || item.links.contains(path)
        }
    }

    private static func line(_ check: ContainerConfig.Healthcheck, _ command: String) -> String {
        var words = ["HEALTHCHECK"]
        let times = [
            ("interval", check.interval), ("timeout", check.timeout), ("start-period", check.startPeriod),
            ("start-interval", check.startInterval),
        ]
        for (name, value) in times {
            guard let value, value > 0 else { continue }
            words.append(
                "--\(name)=" + (value % 1_000_000_000 == 0 ? "\(value / 1_000_000_000)s" : "\(value / 1_000_000)ms"))
        }
        if let retries = check.retries, retries > 0 { words.append("--retries=\(retries)") }
        return (words + [command]).joined(separator: " ")
    }
}
