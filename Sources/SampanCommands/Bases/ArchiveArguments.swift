import ArgumentParser
import Bases
import Core
import Debian
import HostOS

/// Where packages come from, for commands that assemble bases.
struct ArchiveArguments: ParsableArguments {
    @Option(
        help: "The address of a Debian mirror. (default: the recipe's, SAMPAN_DEBIAN_MIRROR, the host's apt sources)")
    var mirror: String?

    @Option(help: "A file of the keys that archives must be signed with. (default: the recipe's, the host's of Debian)")
    var keyring: String?

    @Option(help: "The archive as it was at a time, as YYYYMMDDTHHMMSSZ; needs a mirror of snapshots.")
    var snapshot: String?

    @Option(help: "The address of a mirror of snapshots. (default: the recipe's, SAMPAN_DEBIAN_SNAPSHOT_MIRROR)")
    var snapshotMirror: String?

    /// Whether nothing is said that a recipe doesn't say.
    var isEmpty: Bool { mirror == nil && keyring == nil && snapshot == nil && snapshotMirror == nil }

    /// Where each suite of a recipe comes from.
    func sources(_ chain: RecipeChain, environment: [String: String]) throws -> [ArchiveSource] {
        try Self.sources(
            chain, environment: environment, mirror: mirror, keyring: keyring.map { Keyring.file($0) },
            snapshot: snapshot, snapshotMirror: snapshotMirror)
    }

    static func sources(
        _ chain: RecipeChain, environment: [String: String], mirror: String? = nil, keyring: Keyring? = nil,
        snapshot: String? = nil, snapshotMirror: String? = nil
    ) throws -> [ArchiveSource] {
        let repository = chain.repository
        var keys = keyring
        if keys == nil, let file = repository.keyring {
            let bytes = try WholeFile.read(file.open(), limit: 16 << 20)
            keys = Keyring([.bytes(bytes, name: file.path.description)])
        }
        let request = ArchiveRequest(
            suites: ArchiveRequest.suites(chain.suite, further: repository.suites),
            components: repository.components ?? ["main"], mirror: mirror ?? repository.mirror, keyring: keys,
            snapshot: snapshot ?? repository.snapshot, snapshotMirror: snapshotMirror ?? repository.snapshotMirror)
        return try ArchiveSource.select(request, environment: environment) { try AptSources.read() }
    }
}
