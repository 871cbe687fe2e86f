import Archive
import ContentStore
import Core
import ImageLayouts
import OCI

/// Takes images of layouts and archives into the store.
enum StoreLayouts {
    /// Takes an image of a layout or archive into the store, every byte verified.
    static func read(_ name: ImageName, into store: Store, platform: Platform) throws -> Descriptor {
        let source: LayoutSource
        let tag: String?
        switch name {
        case .oci(let path, let inner): (source, tag) = (.directory(path), inner)
        case .ociArchive(let path, let inner), .dockerArchive(let path, let inner):
            (source, tag) = (.archive(path), inner)
        case .registry, .store, .base, .plain, .dockerDaemon, .directory:
            throw Diagnostic(code: "image.transport", "this is not a layout or an archive")
        }
        let imported = try LayoutImport.read(source, name: tag, platform: platform, into: StoreBlobs(store: store)) {
            try store.scratchFile()
        }
        return imported.manifest
    }
}

/// The store as layouts see it.
private struct StoreBlobs: BlobReceiver {
    let store: Store

    func containsBlob(_ digest: Digest) throws -> Bool { try store.containsBlob(digest) }

    func receiveBlob(_ descriptor: Descriptor, from source: any ByteSource) throws {
        let writer = try store.makeBlobWriter()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { break }
            try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        _ = try writer.commit(expected: descriptor.digest, size: Int64(descriptor.size))
    }
}
