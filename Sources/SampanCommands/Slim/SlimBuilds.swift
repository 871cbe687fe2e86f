import ContentStore
import Core
import DockerfileSyntax
import HostOS
import ImageAnalysis

/// Builds texts of a Dockerfile, each in a process of its own.
struct SlimBuilds: Sendable {
    let command: SlimCommand
    let dockerfile: String
    let context: String
    let store: Store

    /// Builds a text in the place of the Dockerfile.
    /// - Parameter target: nil is the last stage.
    /// - Returns: the image's digest.
    /// - Throws: what the build said.
    func build(_ text: [UInt8], target: String? = nil, tags: [String] = []) throws -> String {
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
            + command.secret.map { "--secret=\($0)" } + tags.map { "--tag=\($0)" } + ["--", context]
        let result = try ChildProcess.capture(.init("/proc/self/exe", arguments))
        let last = String(decoding: result.output, as: UTF8.self).split(separator: "\n").last.map(String.init)
        guard result.status.isSuccess, let last, (try? Digest(parsing: last)) != nil else {
            let lines = String(decoding: result.error, as: UTF8.self).split(separator: "\n")
            throw Diagnostic(
                code: "slim.build", "the Dockerfile can't be built",
                causes: lines.suffix(12).map { Redaction.urls(in: String($0)) },
                exitCode: result.status.isSuccess ? 2 : result.status.shellCode)
        }
        return last
    }
}
