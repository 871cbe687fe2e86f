import ArgumentParser
import Core
import Glibc
import HostOS
import Sandbox

/// The program: dispatches to a command and turns every error into text and an exit status.
public enum SampanProgram {
    /// Does the work of a sandbox's helper and ends the process, if that is what it was started for.
    ///
    /// Call it before anything asynchronous. A helper lives in a PID namespace whose processes `/proc` does not show yet,
    /// and libdispatch, which looks its workers up there once a second, takes one that it can't find for a crash.
    public static func serveSandbox() {
        if let code = SandboxHelper.dispatch(CommandLine.arguments) { exit(code) }
    }

    /// Runs what needs neither a parser of arguments nor threads, and ends the process, if that is what it was started
    /// for.
    public static func servePlainly() {
        signal(SIGPIPE, SIG_IGN)
        umask(0o022)
        if let code = PlainLint.run(CommandLine.arguments) { exit(ended(code)) }
    }

    /// Runs the command line of this process and ends it.
    public static func main() async -> Never {
        // As docker's users write standard input; the parser of arguments takes the dash for an option.
        var words = CommandLine.arguments.flatMap { $0 == "-f-" ? ["-f", "-"] : [$0] }
        if words.dropFirst().first == "lint" { words = LintCommand.translated(words) }
        exit(ended(await run(Array(words.dropFirst()))))
    }

    /// The status to end with: a result that is not whole is no success, nor a finding.
    private static func ended(_ code: Int32) -> Int32 {
        guard let failure = Console.shared.outputFailure else { return code }
        Console.shared.diagnostic(failure)
        return code <= 1 ? failure.exitCode : code
    }

    private static func run(_ words: [String]) async -> Int32 {
        do {
            try refuseUnknownCommand(words)
            var command = try SampanCommand.parseAsRoot(try EnvironmentTwins.apply(to: words))
            if var command = command as? any AsyncParsableCommand {
                try await interruptible { try await command.run() }
            } else {
                try command.run()
            }
            return 0
        } catch {
            return status(of: error)
        }
    }

    /// Says what went wrong.
    /// - Returns: the exit status that tells it.
    static func status(of error: any Error) -> Int32 {
        switch error {
        case let code as ExitCode: return code.rawValue
        case is Diagnostic, is DiagnosticList, is any DiagnosticConvertible: return Console.shared.report(error)
        case is CancellationError:
            Console.shared.message("interrupted")
            return 130
        default: SampanCommand.exit(withError: error)
        }
    }

    /// A mistyped command gets the name that was meant, which the parser of arguments does not give.
    private static func refuseUnknownCommand(_ words: [String]) throws {
        guard let word = words.first, !word.hasPrefix("-") else { return }
        let names = SampanCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard !names.contains(word) else { return }
        throw Diagnostic(
            code: "usage.command", "there is no command '\(word)'",
            hint: Suggestion.hint(for: word, in: names) ?? "sampan --help lists the commands", exitCode: 64)
    }

    /// Runs work that SIGINT and SIGTERM cancel; a second signal ends the process at once.
    private static func interruptible(_ work: () async throws -> Void) async throws {
        let task = Interruption.shared
        let watcher = try SignalWatcher([SIGINT, SIGTERM]) { _ in task.interrupt() }
        defer { watcher.stop() }
        try await work()
    }
}
