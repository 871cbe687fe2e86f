import Glibc
import HostOS
import SampanTestSupport
import Synchronization
import Testing

/// A workspace whose bases are made of small packages of an archive on loopback.
final class BaseBench: Sendable {
    let work: Workspace
    let mirror: TestMirror

    /// - Parameters:
    ///   - packages: what the suite bookworm has; its updates and security fixes are empty.
    ///   - edit: changes the suite before it is published.
    init(
        _ packages: [DebFile] = BaseBench.packages, edit: (inout TestMirror.Suite) throws -> Void = { _ in }
    ) throws {
        work = try Workspace("bases")
        mirror = try TestMirror(key: TestKeys.archive())
        try publish(packages, edit: edit)
        try work.place.file("keys.gpg", WholeFile.read(mirror.key.keyring))
    }

    deinit { mirror.stop() }

    /// A program that needs a library, and data for all architectures.
    static let packages = [
        DebFile(
            "app", version: "1.2-3", fields: ["Depends: lib (>= 1), data"],
            members: [
                .file("usr/bin/app", "app for amd64", mode: 0o755), .file("usr/share/doc/app/copyright", "as you like"),
                .file("usr/share/man/man1/app.1", "a manual"),
            ]),
        DebFile(
            "app", version: "1.2-3", architecture: "arm64", fields: ["Depends: lib (>= 1), data"],
            members: [.file("usr/bin/app", "app for arm64", mode: 0o755)]),
        DebFile("lib", version: "1:2.0-1", members: [.file("usr/lib/lib.so.1", "library")]),
        DebFile("lib", version: "1:2.0-1", architecture: "arm64", members: [.file("usr/lib/lib.so.1", "library")]),
        DebFile("data", architecture: "all", members: [.file("usr/share/data/data", "data")]),
        DebFile("tool", architecture: "all", members: [.file("usr/bin/tool", "tool", mode: 0o755)]),
    ]

    /// Makes the archive anew: bookworm with packages, and its empty companions.
    func publish(_ packages: [DebFile], edit: (inout TestMirror.Suite) throws -> Void = { _ in }) throws {
        var suite = TestMirror.Suite("bookworm", packages: try packages.map { try .init($0) })
        try edit(&suite)
        try mirror.publish(suite)
        for name in ["bookworm-updates", "bookworm-security"] { try mirror.publish(.init(name)) }
    }

    /// A recipe for this archive in the workspace, and its path from there.
    @discardableResult
    func recipe(_ lines: String..., name: String = "my.yaml") throws -> String {
        let head = ["suite: bookworm", "mirror: \(mirror.url)", "keyring: keys.gpg"]
        try work.place.file(name, (head + lines).joined(separator: "\n") + "\n")
        return "./" + name
    }

    /// A recipe whose lines are all given.
    @discardableResult
    func bareRecipe(_ text: String, name: String = "my.yaml") throws -> String {
        try work.place.file(name, text)
        return "./" + name
    }

    /// `sampan base` in the workspace, to its end.
    func base(_ arguments: [String], timeout: Duration = .seconds(120)) throws -> Program.Outcome {
        try work.run(["base"] + arguments, timeout: timeout)
    }

    func base(_ arguments: String...) throws -> Program.Outcome { try base(arguments) }

    /// The same, which must succeed.
    @discardableResult
    func succeed(_ arguments: String..., at location: SourceLocation = #_sourceLocation) throws -> Program.Outcome {
        try work.succeed(["base"] + arguments, location)
    }

    /// How many requests had a path that contains a text.
    func count(_ text: String) -> Int { mirror.server.count(text) }
}

/// Keys that all tests of the process share, as making one takes a while.
enum TestKeys {
    private static let kept = Mutex<[String: TestKey]>([:])

    /// What the archives are signed by.
    static func archive() throws -> TestKey { try named("Test Archive") }

    /// A key that no keyring has.
    static func stranger() throws -> TestKey { try named("Stranger") }

    private static func named(_ name: String) throws -> TestKey {
        try kept.withLock { kept in
            if let key = kept[name] { return key }
            // They live as long as the process, and no longer.
            if kept.isEmpty { atexit { TestKeys.kept.withLock { $0 = [:] } } }
            let key = try TestKey(name)
            kept[name] = key
            return key
        }
    }
}
