import Glibc
import HostOS

/// The keys whose signatures are trusted: files of public keys, binary or ASCII-armoured, and optionally which of the
/// keys.
package struct Keyring: Sendable, Hashable {
    package enum Part: Sendable, Hashable {
        /// An absolute path.
        case file(String)
        /// The first of several paths where there is a file.
        case firstOf([String])
        /// Keys at hand, with the name of the place they come from.
        case bytes([UInt8], name: String)
    }

    package var parts: [Part]
    /// Fingerprints in upper case, of primary keys or subkeys; empty trusts all keys of the parts. One that ends in `!`
    /// stands for that key alone and not for its subkeys.
    package var fingerprints: [String]

    package init(_ parts: [Part], fingerprints: [String] = []) {
        self.parts = parts
        self.fingerprints = fingerprints
    }

    /// A file of keys.
    package static func file(_ path: String) -> Keyring { Keyring([.file(path)]) }

    /// Debian's keys as its package `debian-archive-keyring` installs them.
    package static let debian = Keyring([.firstOf(debianPaths)])

    private static let debianPaths = [
        "/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp",
    ]

    /// Whether all keys are files that go by Debian's name.
    package var isDebian: Bool {
        !parts.isEmpty
            && parts.allSatisfy { part in
                switch part {
                case .file(let path): path.split(separator: "/").last?.hasPrefix("debian-archive-") ?? false
                case .firstOf(let paths): paths == Self.debianPaths
                case .bytes: false
                }
            }
    }

    /// The largest keyring that is read, in bytes.
    private static let limit = 16 << 20

    /// The keys of all parts in binary form.
    /// - Throws: ``DebianArchiveError``.
    func load() throws(DebianArchiveError) -> [[UInt8]] {
        var out: [[UInt8]] = []
        for part in parts {
            let (bytes, name) = try Self.read(part)
            guard let keys = Armor.decode(bytes), !keys.isEmpty else { throw .malformedKeyring(name) }
            out.append(keys)
        }
        return out
    }

    private static func read(_ part: Part) throws(DebianArchiveError) -> ([UInt8], String) {
        switch part {
        case .bytes(let bytes, let name): return (bytes, name)
        case .file(let path): return (try read(path), path)
        case .firstOf(let paths):
            for path in paths {
                do throws(DebianArchiveError) {
                    return (try read(path), path)
                } catch .noKeyring {
                    continue
                }
            }
            throw .noKeyring(paths.first ?? "")
        }
    }

    private static func read(_ path: String) throws(DebianArchiveError) -> [UInt8] {
        do throws(SystemError) {
            return try WholeFile.read(path, limit: limit)
        } catch {
            throw error.errno == ENOENT || error.errno == ENOTDIR ? .noKeyring(path) : .system(error)
        }
    }
}
