// https://wiki.debian.org/DebianRepository/Format
import Core
import HostOS

/// A Debian archive in memory on loopback, made of packages and signed by a key of the test.
///
/// ```swift
/// let mirror = try TestMirror()
/// try mirror.publish(.init("bookworm", packages: [.init(DebFile("hello"))]))
/// try mirror.publish(.init("bookworm-security"))
/// mirror.server.inject(.silent, on: .file("/debian/dists/bookworm/InRelease"))
/// ```
package final class TestMirror: Sendable {
    /// Serves the files; faults are ordered from it.
    package let server: TestRegistry
    package let key: TestKey

    /// A package's file and the stanza that describes it.
    package struct Package: Sendable {
        package var control: String
        package var bytes: [UInt8]

        package init(control: String, bytes: [UInt8]) {
            self.control = control
            self.bytes = bytes
        }

        package init(_ deb: DebFile) throws { self.init(control: deb.control, bytes: try deb.bytes) }

        fileprivate func field(_ name: String) -> String {
            control.split(separator: "\n").first { $0.hasPrefix(name + ":") }?
                .drop { $0 != ":" }.dropFirst().drop { $0 == " " }.description ?? "unknown"
        }
    }

    /// How a suite is signed.
    package enum Signing: Sendable {
        case good
        /// There is no `InRelease`.
        case missing
        /// `InRelease` is the bare text.
        case unsigned
        case key(TestKey)
        /// By the mirror's key and another one.
        case both(TestKey)
        /// The signed text was changed afterwards.
        case tampered
        /// An unsigned text stands before and behind the signed one.
        case surrounded(String)
    }

    /// A suite to publish, right in all respects unless said otherwise.
    package struct Suite: Sendable {
        package var codename: String
        /// What `Suite` says; nil is the codename.
        package var suite: String?
        /// Further names under which it can be asked for.
        package var aliases: [String] = []
        /// By component.
        package var packages: [String: [Package]]
        package var architectures = ["amd64", "arm64"]
        package var date = "Sat, 01 Mar 2025 12:00:00 UTC"
        package var validUntil: String?
        package var hasByHash = true
        /// Which forms of the indexes are kept, by suffix; the release lists them all.
        package var kept = ["", ".gz", ".xz"]
        /// Further lines of the release, such as `NotAutomatic: yes`.
        package var fields: [String] = []
        package var signing = Signing.good
        /// Changes the release before it is signed.
        package var rewrite: @Sendable (String) -> String = { $0 }
        /// Changes an index (by its path) before it is packed, but not its digest in the release.
        package var rewriteIndex: @Sendable (String, [UInt8]) -> [UInt8] = { $1 }

        package init(_ codename: String, packages: [Package] = []) {
            self.codename = codename
            self.packages = ["main": packages]
        }

        /// Suites of security fixes lie in an archive of their own and name their components in their own way.
        var isSecurity: Bool { codename.hasSuffix("-security") }
    }

    package init(key: TestKey? = nil) throws {
        self.key = try key ?? TestKey()
        server = try TestRegistry()
    }

    /// The address of the main archive.
    package var url: String { server.url + "/debian" }

    package func stop() { server.stop() }

    /// Makes a suite's files, or replaces them.
    package func publish(_ suite: Suite) throws {
        let top = suite.isSecurity ? "/debian-security" : "/debian"
        var listed: [(path: String, bytes: [UInt8])] = []
        var files: [(path: String, bytes: [UInt8])] = []
        for (component, packages) in suite.packages.sorted(by: { $0.key < $1.key }) {
            for package in packages { add(package, component, top) }
            for architecture in suite.architectures {
                let plain = Array(Self.index(packages, component, architecture).utf8)
                let path = "\(component)/binary-\(architecture)/Packages"
                for (suffix, pack) in [("", { $0 }), (".gz", DebFile.gzip), (".xz", Self.xz)]
                    as [(String, ([UInt8]) throws -> [UInt8])]
                {
                    let bytes = try pack(plain)
                    listed.append((path + suffix, bytes))
                    guard suite.kept.contains(suffix) else { continue }
                    let served = suite.rewriteIndex(path + suffix, plain)
                    let file = served == plain ? bytes : try pack(served)
                    files.append((path + suffix, file))
                    guard suite.hasByHash else { continue }
                    let digest = SHA256.digest(of: bytes).hex
                    files.append(("\(component)/binary-\(architecture)/by-hash/SHA256/\(digest)", file))
                }
            }
        }
        let release = suite.rewrite(Self.release(suite, listed))
        for name in [suite.codename] + suite.aliases {
            let directory = "\(top)/dists/\(name)/"
            for (path, bytes) in files { server.addFile(directory + path, .init(bytes)) }
            if let signed = try sign(release, suite.signing) { server.addFile(directory + "InRelease", .init(signed)) }
            server.addFile(directory + "Release", .init(Array(release.utf8)))
        }
    }

    private func add(_ package: Package, _ component: String, _ top: String) {
        server.addFile("\(top)/\(Self.path(package, component))", .init(package.bytes))
    }

    /// Where a package lies below the archive's top.
    package static func path(_ package: Package, _ component: String = "main") -> String {
        let (name, version) = (package.field("Package"), package.field("Version"))
        let plain = version.split(separator: ":").last ?? ""
        return "pool/\(component)/\(name.prefix(1))/\(name)/\(name)_\(plain)_\(package.field("Architecture")).deb"
    }

    private static func index(_ packages: [Package], _ component: String, _ architecture: String) -> String {
        let fitting = packages.filter { ["all", architecture].contains($0.field("Architecture")) }
        return fitting.map { package in
            let control = package.control.hasSuffix("\n") ? String(package.control.dropLast()) : package.control
            return """
                \(control)
                Filename: \(path(package, component))
                Size: \(package.bytes.count)
                SHA256: \(SHA256.digest(of: package.bytes).hex)


                """
        }.joined()
    }

    private static func release(_ suite: Suite, _ files: [(path: String, bytes: [UInt8])]) -> String {
        let components = suite.packages.keys.sorted().map { suite.isSecurity ? "updates/\($0)" : $0 }
        var lines = [
            "Origin: Debian", "Label: Debian", "Suite: \(suite.suite ?? suite.codename)",
            "Codename: \(suite.codename)", "Date: \(suite.date)",
        ]
        if let validUntil = suite.validUntil { lines.append("Valid-Until: \(validUntil)") }
        if suite.hasByHash { lines.append("Acquire-By-Hash: yes") }
        lines += [
            "No-Support-for-Architecture-all: Packages",
            "Architectures: all " + suite.architectures.joined(separator: " "),
            "Components: " + components.joined(separator: " "), "Description: for tests",
        ]
        lines += suite.fields + ["SHA256:"]
        lines += files.map { " \(SHA256.digest(of: $0.bytes).hex) \($0.bytes.count) \($0.path)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func sign(_ release: String, _ signing: Signing) throws -> [UInt8]? {
        let text = Array(release.utf8)
        switch signing {
        case .good: return try key.clearSigned(text)
        case .missing: return nil
        case .unsigned: return text
        case .key(let other): return try other.clearSigned(text)
        case .both(let other): return try key.clearSigned(text, with: other)
        case .tampered:
            let signed = String(decoding: try key.clearSigned(text), as: UTF8.self)
            return Array(signed.split(separator: "for tests", maxSplits: 1).joined(separator: "for harm").utf8)
        case .surrounded(let other):
            return Array(other.utf8) + [0x0a] + (try key.clearSigned(text)) + Array(other.utf8)
        }
    }

    private static func xz(_ bytes: [UInt8]) throws -> [UInt8] {
        try ChildProcess.capture(.init("xz", ["-c", "-1"]), input: bytes, limit: 256 << 20).output
    }
}
