import Glibc
import HostOS
import SampanTestSupport
import Testing

/// The program under test, as a user starts it.
enum Program {
    /// How a run ended and what it wrote.
    struct Outcome: CustomStringConvertible {
        /// The exit code, or 128 and the signal's number.
        var code: Int32
        var output: String
        var error: String

        /// Standard output without its line end: the digest after a build.
        var result: String { output.split(separator: "\n").last.map(String.init) ?? "" }
        var outputLines: [String] { output.split(separator: "\n").map(String.init) }
        var description: String { "exit \(code)\n\(output)\n\(error)" }
    }

    /// `SAMPAN_PROGRAM`, else what was built together with these tests, else the release build of this package.
    static let path: String? = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
        let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let products = parent(own)
        let package = (0..<4).reduce(#filePath) { path, _ in parent(path) }
        let candidates = [
            ProgramPath.variable("SAMPAN_PROGRAM"), products + "/sampan", package + "/.build/release/sampan",
            package + "/.build/debug/sampan",
        ]
        return candidates.compactMap { $0 }.first { access($0, X_OK) == 0 }
    }()

    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    static func find() throws -> String {
        try #require(path, "build the program first: swift build -c release --product sampan")
    }

    /// Runs it to its end.
    /// - Parameters:
    ///   - environment: all variables it gets besides PATH and HOME.
    ///   - timeout: after which it is killed and an error thrown.
    static func run(
        _ arguments: [String], environment: [String: String], input: [UInt8] = [], directory: String? = nil,
        timeout: Duration = .seconds(120)
    ) throws -> Outcome {
        let captured = try ChildProcess.capture(
            try options(arguments, environment: environment, directory: directory), input: input, limit: 64 << 20,
            timeout: timeout)
        return Outcome(
            code: captured.status.shellCode, output: String(decoding: captured.output, as: UTF8.self),
            error: String(decoding: captured.error, as: UTF8.self))
    }

    static func options(
        _ arguments: [String], environment: [String: String], directory: String? = nil
    ) throws -> ChildProcess.Options {
        var options = ChildProcess.Options(try find(), arguments)
        var all = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"]
        all.merge(environment) { $1 }
        options.environment = all.map { "\($0)=\($1)" }
        options.directory = directory
        return options
    }
}

/// Conditions of tests, with what is missing where they don't hold. CI has everything, and there nothing is skipped.
enum Need {
    static let isCI = ProgramPath.variable("CI") == "true"

    /// RUN as root.
    static let root = isCI || (geteuid() == 0 && access("/bin/busybox", X_OK) == 0)
    static let rootReason: Comment = "needs root and /bin/busybox (the package busybox-static)"

    static func programs(_ names: String...) -> Bool {
        isCI || names.allSatisfy { (try? ProgramPath.find($0)) != nil }
    }
}
