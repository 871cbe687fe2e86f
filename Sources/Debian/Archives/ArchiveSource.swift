// https://wiki.debian.org/DebianRepository/Format

/// One suite of an archive: what to ask where, and whose signature must be on it.
package struct ArchiveSource: Sendable, Hashable {
    /// Addresses that have the same files, in the order they are tried: directories that hold `dists` and `pool`,
    /// without a slash at the end.
    package var uris: [String]
    /// A suite's name, codename or alias: `bookworm`, `stable-updates`.
    package var suite: String
    package var components: [String]
    package var keyring: Keyring
    /// The time, in seconds since 1970, at which the archive is looked at; nil is now. A snapshot's own.
    package var time: Int64?

    package init(uris: [String], suite: String, components: [String], keyring: Keyring = .debian, time: Int64? = nil) {
        self.uris = uris
        self.suite = suite
        self.components = components
        self.keyring = keyring
        self.time = time
    }

    package init(
        uri: String, suite: String, components: [String], keyring: Keyring = .debian, time: Int64? = nil
    ) {
        self.init(uris: [uri], suite: suite, components: components, keyring: keyring, time: time)
    }

    /// The addresses of a file below the archive's top.
    package func urls(of path: String) -> [String] { uris.map { $0 + "/" + path } }

    /// Where the suite's own files lie, relative to the archive's top.
    var directory: String { "dists/" + suite }
}

/// The suites that someone wants, and what is known about where they come from.
package struct ArchiveRequest: Sendable, Hashable {
    package var suites: [String]
    package var components: [String]
    /// The address of the main archive; nil leaves it to the environment and the host.
    package var mirror: String?
    /// Instead of Debian's.
    package var keyring: Keyring?
    /// `YYYYMMDDTHHMMSSZ`: the archive as it was then.
    package var snapshot: String?
    /// The address that holds `archive/debian/<time>`.
    package var snapshotMirror: String?

    package init(
        suites: [String], components: [String] = ["main"], mirror: String? = nil, keyring: Keyring? = nil,
        snapshot: String? = nil, snapshotMirror: String? = nil
    ) {
        self.suites = suites
        self.components = components
        self.mirror = mirror
        self.keyring = keyring
        self.snapshot = snapshot
        self.snapshotMirror = snapshotMirror
    }

    /// A suite with its updates and security fixes, and further ones; each once. The rolling suites have neither.
    package static func suites(_ suite: String, further: [String] = []) -> [String] {
        let isRolling = ["sid", "unstable", "experimental", "rc-buggy"].contains(suite)
        let own = isRolling || suite.contains("-") ? [suite] : [suite, suite + "-updates", suite + "-security"]
        var seen: Set<String> = []
        return (own + further).filter { seen.insert($0).inserted }
    }
}
