// What the sandbox's tests start besides themselves: a helper, and a small builder that can be killed.
//
//     sandbox-tool __sandbox                 serves as a helper
//     sandbox-tool run REQUEST.json CACHE    runs a request, ends with its exit code
//     sandbox-tool rootless REQUEST.json CACHE   the same as root of a user namespace
import Core
import FoundationEssentials
import Glibc
import HostOS
import Sandbox

if let code = SandboxHelper.dispatch(CommandLine.arguments) { exit(code) }

func run(_ path: String, _ cache: String) throws -> Int32 {
    let request = try JSONDecoder().decode(SandboxRequest.self, from: Data(WholeFile.read(path)))
    let probe = request.scratch + "-probe"
    try Directory.create(probe)
    let runtime = try OCIRuntime.find(cache: cache, scratch: probe)
    let stdio = SandboxStdio(
        input: try .duplicating(0), output: try .duplicating(1), error: try .duplicating(2))
    let run = try SandboxRun.start(request, runtime: runtime, stdio: stdio)
    let watcher = try SignalWatcher([SIGINT, SIGTERM]) { _ in run.cancel(grace: .seconds(1)) }
    defer { watcher.stop() }
    if let console = run.console { try TerminalProxy.run(console) }
    return try run.wait().status.shellCode
}

do {
    let arguments = CommandLine.arguments
    guard arguments.count == 4 else { exit(64) }
    if arguments[1] == "rootless" { try RootlessEntry.enter() }
    exit(try run(arguments[2], arguments[3]))
} catch {
    try? FileDescriptor.duplicating(2).write(Array(Diagnostic(explaining: error).description.utf8))
    exit(2)
}
