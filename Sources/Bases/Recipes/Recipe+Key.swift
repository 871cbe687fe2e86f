private import Archive
package import Core

extension Recipe {
    /// What decides on the level's layer besides its packages: a layer made under the same key can be used again.
    /// Contents of local files are read; where they lie and what the level is called does not count.
    /// - Throws: ``RecipeError``, `SystemError`.
    package func layerKey(architecture: String) throws -> Digest {
        var key = KeyHasher("base-recipe/1")
        key.add(slices.map { "\($0.name)" })
        for slice in slices { key.add(slice.patterns.out + ["--"] + slice.patterns.kept) }
        key.add(configure)
        key.add(UInt64(groups.count))
        for group in groups {
            key.add(group.name)
            key.add(UInt64(group.gid))
            key.add(group.members)
        }
        key.add(UInt64(users.count))
        for user in users {
            key.add([user.name, user.home, user.shell, user.comment])
            key.add(UInt64(user.uid))
            key.add(UInt64(user.gid))
        }
        key.add(UInt64(certificates.count))
        for certificate in certificates {
            key.add(try certificate.digest())
            // Only update-ca-certificates has files of its own for each.
            if configure { key.add(String(decoding: certificate.path.name, as: UTF8.self)) }
        }
        key.add(UInt64(directories.count))
        for directory in directories {
            Self.add(directory.path, directory.mode, directory.owner, to: &key)
        }
        key.add(UInt64(files.count))
        for file in files {
            Self.add(file.path, file.mode, file.owner, to: &key)
            switch file.content {
            case .text(let text): key.add(text)
            case .local(let local): key.add(try local.digest())
            }
        }
        key.add(moves.flatMap { [$0.from.absolute, $0.to.absolute] })
        key.add(symlinks.flatMap { [$0.path.absolute, $0.target] })
        let chosen = archives(for: architecture)
        key.add(UInt64(chosen.count))
        for archive in chosen {
            key.add(archive.digest)
            key.add(archive.destination.absolute)
            key.add(UInt64(archive.strip))
        }
        return key.finalize()
    }

    private static func add(_ path: BytePath, _ mode: UInt32, _ owner: Owner, to key: inout KeyHasher) {
        key.add(path.absolute)
        key.add(UInt64(mode))
        key.add(UInt64(owner.uid))
        key.add(UInt64(owner.gid))
    }
}

extension Recipe.LocalFile {
    fileprivate func digest() throws -> Digest {
        let source = HashingSource(DescriptorSource(try open()))
        try source.drain()
        return source.digest
    }
}
