import ContentStore
import Core
import DockerfileSyntax
import Glibc
import HostOS
import ImageAnalysis

/// Builds texts of a Dockerfile, each in a process of its own.
struct SlimBuilds: Sendable {
    let command: SlimCommand
    let dockerfile: String
    let context: String
    let store: Store
    let cancel: CancelFlag
    /// The Dockerfile's text.
    let given: [UInt8]

    /// Builds a text in the place of the Dockerfile.
    /// - Parameter target: nil is the last stage.
    /// - Returns: the image's digest.
    /// - Throws: what the build said.
    func build(_ text: [UInt8], target: String? = nil) throws -> String {
        let place = try store.session().makeDirectory("slim-build")
        defer { try? Directory.removeTree(place) }
        let file = place + "/Dockerfile"
        try AtomicFile.write(text, to: file)
        if let ignore = try? WholeFile.read(dockerfile + ".dockerignore", limit: 4 << 20) {
            try AtomicFile.write(ignore, to: file + ".dockerignore")
        }
        let arguments =
            ["build", "--quiet", "--file", file] + (target.map { ["--target", $0] } ?? [])
            + command.buildArg.map { "--build-arg=\($0)" } + command.buildContext.map { "--build-context=\($0)" }
            + command.secret.map { "--secret=\($0)" } + ["--", context]
        let (status, output, said) = try run(arguments, place)
        let last = output.split(separator: "\n").last.map(String.init)
        guard status.isSuccess, let last, (try? Digest(parsing: last)) != nil else {
            let name = text == given ? dockerfile : "slim Dockerfile"
            let lines = said.replacing(file, with: name).split(separator: "\n")
            throw Diagnostic(
                code: "slim.build",
                text == given ? "the Dockerfile can't be built" : "the Dockerfile with a slim stage can't be built",
                causes: lines.suffix(12).map { Redaction.urls(in: String($0)) },
                exitCode: status.isSuccess ? 2 : status.shellCode)
        }
        return last
    }

    /// An interruption is this process' to hand on: the build has a group of its own, so that a terminal's reaches it
    /// once.
    private func run(_ arguments: [String], _ place: String) throws -> (ExitStatus, output: String, error: String) {
        var options = ChildProcess.Options("/proc/self/exe", arguments)
        options.newProcessGroup = true
        options.descriptors[1] = try .open(place + "/output", O_WRONLY | O_CREAT | O_TRUNC)
        options.descriptors[2] = try .open(place + "/error", O_WRONLY | O_CREAT | O_TRUNC)
        let child = try ChildProcess.spawn(options)
        var asked: ContinuousClock.Instant?
        while true {
            if let status = child.wait(timeout: .milliseconds(50)) {
                if cancel.isSet { throw CancellationError() }
                func text(_ name: String) throws -> String {
                    String(decoding: try WholeFile.read(place + "/" + name, limit: 64 << 20), as: UTF8.self)
                }
                return (status, try text("output"), try text("error"))
            }
            guard cancel.isSet else { continue }
            if asked == nil {
                child.terminate(SIGINT)
                asked = .now
            } else if let asked, ContinuousClock.now - asked > .seconds(10) {
                child.terminate(SIGKILL)
            }
        }
    }
}
