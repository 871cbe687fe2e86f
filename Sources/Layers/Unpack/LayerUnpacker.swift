// https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
// https://docs.kernel.org/filesystems/overlayfs.html
package import Archive
package import Core
package import HostOS

/// A layer that lies unpacked in a directory.
package struct UnpackedLayer: Sendable {
    /// Its entries; the contents are the files of the directory, the owners those that the layer says.
    package let contents: LayerContents
    /// The digest of the uncompressed archive.
    package let diffID: Digest
    /// Bytes of the uncompressed archive.
    package let size: Int64
}

/// Makes a directory from a layer, fit to be a lower directory of an overlay mount, or a plain root file system.
///
/// The directory must be empty and nobody else may write to it. Nothing is ever made outside of it, whatever the
/// layer says: every path is opened beneath the root without going through links. After an error the directory holds
/// rubbish and is to be removed.
package struct LayerUnpacker {
    package struct Options: Sendable {
        package enum Devices: Sendable {
            case create
            /// Leave device nodes out.
            case skip
            /// ``LayerError/device(path:)``.
            case refuse
        }

        package enum Attributes: Sendable {
            case all
            /// Leave out those that the kernel does not let this process set.
            case permitted
        }

        /// How whiteouts and opaque directories are marked; with none they are left out.
        package var overlay: LayerScanner.Overlay
        /// Whether owners are set, which takes privilege or a user namespace with the ids mapped.
        package var owners: Bool
        package var devices: Devices
        package var attributes: Attributes
        package var limits: LayerLimits
        /// The time that all files get, whatever the layer says.
        package var time: FileTime?

        package init(
            overlay: LayerScanner.Overlay = .trusted, owners: Bool = true, devices: Devices = .create,
            attributes: Attributes = .all, limits: LayerLimits = LayerLimits(), time: FileTime? = nil
        ) {
            self.time = time
            self.overlay = overlay
            self.owners = owners
            self.devices = devices
            self.attributes = attributes
            self.limits = limits
        }
    }

    private let root: HostDirectory
    private let options: Options

    package init(into root: HostDirectory, options: Options = Options()) {
        self.root = root
        self.options = options
    }

    /// Makes the files of a layer. Missing parents become directories, 0755 and root's.
    package func unpack(_ contents: LayerContents) throws {
        let builder = TreeBuilder(root, options)
        for entry in contents.entries {
            if case .hardlink(let target) = entry.kind {
                try builder.link(entry.path, to: target)
            } else {
                let source = entry.isFile ? try entry.content.open() : nil
                try builder.make(entry) { sink in try source?.copy(to: sink) }
            }
        }
        try builder.finish(contents)
    }

    /// Makes the files of a (compressed) layer blob as it streams by, and verifies it.
    ///
    /// What the archive asks for is judged as ``TarIndexer`` does it.
    /// - Parameters:
    ///   - diffID: what the uncompressed bytes must hash to.
    ///   - tree: the layers below, where parents that the archive does not mention are looked up.
    /// - Throws: ``LayerError/diffIDMismatch(expected:actual:)``, known only at the end of the blob, and all else that
    ///   can be wrong with it.
    package func unpack(
        blob: any ByteSource, expecting diffID: Digest?, below tree: FileTree? = nil
    ) throws -> UnpackedLayer {
        try ReadAhead.from(Compression.open(blob).source) { try unpack(archive: $0, expecting: diffID, below: tree) }
    }

    private func unpack(
        archive: any ByteSource, expecting diffID: Digest?, below tree: FileTree?
    ) throws -> UnpackedLayer {
        let hashed = HashingSource(
            LimitedSource(archive, limit: options.limits.bytes, what: "a layer's archive"))
        let reader = TarReader(hashed, limits: options.limits.tar)
        let builder = TreeBuilder(root, options)
        var assembler = LayerAssembler(over: tree, limits: options.limits)
        while let header = try reader.next() {
            guard let entry = try assembler.take(TarMember(header, whiteouts: true)) else { continue }
            guard case .hardlink(let name) = entry.kind else {
                try assembler.add(entry)
                try builder.make(entry) { sink in try reader.forEachPiece { try sink.write($0) } }
                continue
            }
            let target = try assembler.place(name)
            let (position, file) = try assembler.link(entry, to: target)
            if file != nil {
                try builder.link(entry.path, to: target)
            } else {
                // The name of a file of a lower layer: the file is copied up.
                let copy = assembler[position]
                let source = copy.isFile ? try copy.content.open() : nil
                try builder.make(copy) { sink in try source?.copy(to: sink) }
            }
        }
        try reader.drain()
        let actual = hashed.digest
        if let diffID, diffID != actual { throw LayerError.diffIDMismatch(expected: diffID, actual: actual) }
        let contents = try assembler.finish()
        try builder.finish(contents)
        return UnpackedLayer(
            contents: try builder.contentsOnDisk(contents), diffID: actual, size: hashed.count)
    }
}
