private import Archive
package import Core

/// The identity of a set of entries by what they are: paths, kinds, modes, owners, links, attributes and contents.
/// Time stamps, and where the bytes lie, have no part in it.
package enum ContentID {
    /// - Parameters:
    ///   - entries: in a fixed order (that of their paths); the order counts.
    ///   - base: paths are taken relative to it, so that the same tree elsewhere has the same identity.
    ///   - digestOf: gives the digest of a file's bytes.
    package static func of(
        _ entries: some Sequence<Entry>, relativeTo base: BytePath = BytePath(),
        digestOf: (FileContent) throws -> Digest = { try $0.digest() }
    ) throws -> Digest {
        var hash = KeyHasher("layer-contents.1")
        for entry in entries {
            hash.add(entry.path.relative(to: base) ?? entry.path)
            switch entry.kind {
            case .file:
                hash.add(1)
                hash.add(UInt64(bitPattern: entry.size))
                hash.add(try digestOf(entry.content))
            case .directory(let opaque): hash.add(opaque ? 3 : 2)
            case .symlink(let target):
                hash.add(4)
                target.withUnsafeBytes { hash.add($0) }
            case .hardlink(let target):
                hash.add(5)
                hash.add(target.relative(to: base) ?? target)
            case .characterDevice(let major, let minor):
                hash.add(6)
                hash.add(UInt64(major) << 32 | UInt64(minor))
            case .blockDevice(let major, let minor):
                hash.add(7)
                hash.add(UInt64(major) << 32 | UInt64(minor))
            case .fifo: hash.add(8)
            case .whiteout: hash.add(9)
            }
            hash.add(UInt64(entry.mode))
            hash.add(UInt64(entry.uid) << 32 | UInt64(entry.gid))
            hash.add(UInt64(entry.attributes.count))
            for attribute in entry.attributes {
                hash.add(attribute.name)
                attribute.value.withUnsafeBytes { hash.add($0) }
            }
        }
        return hash.finalize()
    }
}
