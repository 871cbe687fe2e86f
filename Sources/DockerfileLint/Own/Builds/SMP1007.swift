import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1007: LintRule {
    static let info = RuleInfo(
        "SMP1007", .sampan, .warning, "The shell stands between the container and its program: signals don't reach it",
        why: """
            The first process of a container gets the signals. Where that is a shell which waits for the program, the \
            program never hears of SIGTERM: `stop` takes its ten seconds and ends in a kill, with connections cut and \
            files half written. The shell form of ENTRYPOINT also drops CMD and every argument of `run`.

            Some shells put the last program in their own place, others don't; which one an image has changes with its \
            base. Name the program itself in the JSON form. Where a shell has something to prepare, let it end with `exec`, \
            which puts the program in its place; so, too, a script: `exec "$@"`.
            """,
        bad: .init("FROM debian:12\nENTRYPOINT [\"sh\", \"-c\", \"/app --port ${PORT:-80}\"]\n"),
        good: .init("FROM debian:12\nENTRYPOINT [\"sh\", \"-c\", \"exec /app --port ${PORT:-80}\"]\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.entrypoint) || statement.isPlain(.cmd) {
            switch statement.command {
            case .entrypoint(let line):
                switch line.form {
                case .shell(let word): shellForm(word, statement, file, &report)
                case .exec(let words):
                    shellInWords(words, statement, file, &report)
                    script(words, statement, file, &report)
                }
            case .cmd(let line):
                guard case .exec(let words) = line.form else { continue }
                shellInWords(words, statement, file, &report)
            default: continue
            }
        }
    }

    /// `ENTRYPOINT program …`
    private static func shellForm(
        _ word: Word, _ statement: LintStatement, _ file: LintFile, _ report: inout LintReport
    ) {
        guard case .posix = statement.shell, statement.instruction.heredocs.isEmpty else { return }
        let script = ShellScript.parse(Array(word.text.utf8))
        guard let last = waiting(script) else { return }
        let start = statement.instruction.body.range(
            offset(last, statement.instruction.argumentsRange.lowerBound))
        report.add(
            word.range, in: statement, "The shell form of ENTRYPOINT keeps signals and arguments from the program",
            fix: canExec(script) ? Fix("start the program with exec", [.insert("exec ", at: start.start)]) : nil)
    }

    private static func offset(_ command: ShellCommand, _ start: Int) -> Range<Int> {
        let from = (command.words.first?.range.lowerBound ?? command.range.lowerBound) + start
        return from..<(from + 1)
    }

    /// `["sh", "-c", "program …"]`
    private static func shellInWords(
        _ words: [Word], _ statement: LintStatement, _ file: LintFile, _ report: inout LintReport
    ) {
        guard words.count > 2, isShell(words[0].text), words[1].text.hasPrefix("-"), words[1].text.hasSuffix("c"),
            !words[1].text.hasPrefix("--")
        else { return }
        let text = words[2]
        let script = ShellScript.parse(Array(text.text.utf8))
        guard let last = waiting(script), let first = last.words.first else { return }
        var fix: Fix?
        // The string holds what the file holds, between its quotes.
        if canExec(script), file.source.text(text.range) == "\"\(text.text)\"" {
            fix = Fix(
                "start the program with exec",
                [.insert("exec ", at: text.range.start + 1 + first.range.lowerBound)])
        }
        report.add(
            text.range, in: statement, "The shell waits for the program, and keeps its signals: start it with exec",
            fix: fix)
    }

    /// A script of the build context that ends in `"$@"` without `exec`.
    private static func script(
        _ words: [Word], _ statement: LintStatement, _ file: LintFile, _ report: inout LintReport
    ) {
        guard let project = file.project,
            let word = words.first(where: { !isShell($0.text) && !$0.text.hasPrefix("-") })
        else { return }
        let name = PathText.name(of: word.text)
        guard !name.isEmpty, let path = source(of: name, statement, file), let bytes = project.contents(of: path),
            bytes.starts(with: "#!".utf8),
            bytes.prefix(40).split(separator: UInt8(ascii: "\n")).first.map({ line in
                [UInt8](line).holds("sh")
            }) == true
        else { return }
        let script = ShellScript.parse(bytes)
        guard script.isReadable, let last = script.commands.last(where: { $0.scope == 0 && !$0.words.isEmpty }),
            last.after == .edge || last.after == .sequence, let program = last.words.first,
            ["\"$@\"", "$@", "${@}", "\"${@}\""].contains(script.source(program.range))
                || services.contains(String(PathText.name(of: program.text)))
        else { return }
        report.add(
            word.range, in: statement,
            "\(path) ends in \(script.source(program.range)) without exec: the script waits for the program, and keeps "
                + "its signals")
    }

    /// Programs that a container's script rarely starts but to stay.
    private static let services: Set<String> = [
        "bun", "caddy", "celery", "daphne", "deno", "dotnet", "gunicorn", "hypercorn", "java", "node", "npm", "php-fpm",
        "puma", "python", "python3", "ruby", "uvicorn", "uwsgi",
    ]

    /// The file of the context that COPY puts there under this name.
    private static func source(of name: Substring, _ statement: LintStatement, _ file: LintFile) -> String? {
        guard let index = statement.stage else { return nil }
        for stage in file.chain(of: file.stages[index]) {
            for statement in file.statements(of: stage).reversed() {
                guard let transfer = statement.contextTransfer else { continue }
                for word in transfer.paths where !word.text.utf8.contains(UInt8(ascii: "$")) {
                    let path = word.text.hasPrefix("./") ? String(word.text.dropFirst(2)) : word.text
                    if PathText.name(of: path) == name { return path }
                    if transfer.paths.count == 1, PathText.name(of: transfer.destination.text) == name { return path }
                }
                if transfer.takesAll, file.project?.contents(of: String(name)) != nil { return String(name) }
            }
        }
        return nil
    }

    private static func isShell(_ program: String) -> Bool {
        switch PathText.name(of: program) {
        case "sh", "bash", "ash", "dash", "zsh", "ksh": true
        default: false
        }
    }

    /// The command that a shell would wait for at the end of a script; nil when it doesn't, or nobody can tell.
    private static func waiting(_ script: ShellScript) -> ShellCommand? {
        guard script.error == nil, let last = script.commands.last, last.scope == 0, let program = last.words.first,
            !program.hasExpansion, last.after == .edge
        else { return nil }
        switch program.text {
        case "exec", "exit", "true", "false", ":", "wait", "trap", "echo", "printf": return nil
        default: return last
        }
    }

    /// `exec` may stand before the last command: the script has no other, or only such as are done before it.
    private static func canExec(_ script: ShellScript) -> Bool {
        guard let last = script.commands.last, !last.isNegated, last.assignments.isEmpty, last.before != .pipe,
            last.before != .or
        else { return false }
        // Traps are the shell's own, and go with it; what runs in the background would lose the one that waits for it.
        guard script.commands.allSatisfy({ $0.name != "trap" && $0.after != .background }) else { return false }
        return script.scopes.count == 1 && !builtins.contains(last.name)
    }

    private static let builtins: Set = [
        ".", "[", "[[", "alias", "break", "cd", "command", "continue", "declare", "eval", "export", "getopts", "hash",
        "jobs", "let", "local", "popd", "pushd", "read", "readonly", "return", "set", "shift", "shopt", "source",
        "test",
        "time", "type", "typeset", "ulimit", "umask", "unalias", "unset",
    ]
}
