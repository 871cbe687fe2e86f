import Glibc
import HostOS
import SampanTestSupport
import Testing

/// Bases of the host's Debian mirror, in one home for all tests of the process, so that each package is fetched once.
enum DebianBases {
    private static let home: Result<TemporaryDirectory, any Error> = Result {
        let made = try TemporaryDirectory("debian-bases")
        // It lives as long as the process, and no longer.
        atexit { DebianBases.remove() }
        return made
    }

    private static func remove() {
        if case .success(let made) = home { try? Directory.removeTree(made.path) }
    }

    /// A workspace in that home.
    static func workspace() throws -> Workspace { try Workspace("debian", home: home.get().path) }

    /// Some mirror is known and answers; in CI there is one.
    static let isReachable =
        Need.isCI || (try? workspace().run(["base", "build", "static"], timeout: .seconds(60)).code) == 0
    static let reason: Comment = "needs a Debian mirror: apt sources of the host, or SAMPAN_DEBIAN_MIRROR"

    /// Runs a function of scripts/lib.sh, such as the one that fetches a pinned tool, and gives what it prints.
    static func script(_ command: String) throws -> String {
        let text = try Shell.run("cd '\(Repository.root)' && bash -c '. scripts/lib.sh; \(command)'")
        return try #require(text.split(separator: "\n").last.map(String.init))
    }

    /// Whether a wheel of scripts/wheels.txt is there already; CI fetches what is missing.
    static func hasWheel(_ name: String) -> Bool {
        Need.isCI || (try? Shell.run("ls -d '\(Repository.root)'/.build-tools/\(name)-*")) != nil
    }
}

extension Workspace {
    /// Builds an image of files of the context on a base, and runs it in two ways: by sampan and by podman, as the
    /// base's user on a read-only root.
    /// - Parameters:
    ///   - files: paths in the image by names in the context.
    ///   - command: what is run, as the Dockerfile's ENTRYPOINT has it.
    ///   - more: further lines of the Dockerfile.
    /// - Returns: what the program printed, which both ways must agree on.
    func runEverywhere(
        on base: String, _ files: [String: String], _ command: [String], more: [String] = [],
        _ location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let copies = files.sorted { $0.key < $1.key }.map { "COPY \($0.key) \($0.value)" }
        let entry = command.map { "\"\($0)\"" }.joined(separator: ", ")
        let lines = ["FROM base:\(base)"] + copies + more + ["ENTRYPOINT [\(entry)]", ""]
        let archive = place.path("image.tar")
        let digest = try image(lines.joined(separator: "\n"), ["-t", "app:1", "-o", "type=docker,dest=\(archive)"])
        let own = try succeed(["run", "--read-only", "store:" + digest]).output
        let podman = Podman(work: self)
        _ = try podman.podman("load -q -i '\(archive)'")
        #expect(try podman.run("--read-only app:1") == own, sourceLocation: location)
        unlink(archive)
        return own
    }

    /// Compiles a source of `Tests/Programs` into the context.
    func compile(_ source: String, _ command: String, to name: String) throws {
        let path = "\(Repository.root)/Tests/Programs/\(source)"
        try Shell.run("cd '\(context)' && \(command) -o '\(name)' '\(path)' 2>'\(place.path)/compile.log'")
    }
}
