package import Core
internal import Glibc
internal import HostOS
internal import OCI

extension Store {
    private static let columns =
        "SELECT id, diff, blob, blob_size, blob_type, content, unpacked, entries, directory, tar FROM layers"

    private static func layer(_ row: Statement) throws(ContentStoreError) -> LayerRecord {
        let blob = row.optionalDigest(2).map {
            Descriptor(mediaType: MediaType(rawValue: row.text(4)), digest: $0, size: Int(row.int(3)))
        }
        return LayerRecord(
            id: try row.digest(0), diffID: row.optionalDigest(1), blob: blob, contentID: row.optionalDigest(5),
            unpackedSize: row.int(6), entryCount: Int(row.int(7)), isMaterialised: row.bool(8), hasTar: row.bool(9))
    }

    private static func leased(_ layer: LayerRecord?) -> (LayerRecord?, [StoreItem]) {
        guard let layer else { return (nil, []) }
        return (layer, [.layer(layer.id)] + (layer.blob.map { [.blob($0.digest)] } ?? []))
    }

    package func layer(_ id: Digest) throws(ContentStoreError) -> LayerRecord? {
        try readLeasing { (index) throws(ContentStoreError) in
            Self.leased(try index.database.first(Self.columns + " WHERE id = ?", id, row: Self.layer))
        }
    }

    /// A layer with this uncompressed digest; a materialised one if there are several.
    package func layer(diffID: Digest) throws(ContentStoreError) -> LayerRecord? {
        try readLeasing { (index) throws(ContentStoreError) in
            Self.leased(
                try index.database.first(
                    Self.columns + " WHERE diff = ? ORDER BY directory DESC, tar DESC, id LIMIT 1", diffID,
                    row: Self.layer))
        }
    }

    /// Records what is known of a layer. Missing fields don't erase known ones, and whether it is materialised is not
    /// taken from here.
    package func upsertLayer(_ record: LayerRecord) throws(ContentStoreError) {
        try writeLeasing { (index) throws(ContentStoreError) in
            try index.upsert(record, at: IndexTime.now())
            return ((), [.layer(record.id)])
        }
    }

    func layerDirectory(_ id: Digest) -> String { location.layers + "/" + id.hex }

    /// Publishes a directory of the session as the materialised layer by one rename. When another process was quicker,
    /// its copy stays and this one is removed.
    /// - Returns: where the layer lies: `layers/<id>/fs`.
    package func publishLayer(_ id: Digest, directory: String) throws(ContentStoreError) -> String {
        try publish(id, from: directory, as: "fs", column: "directory")
    }

    /// Publishes a file of the session as the layer's uncompressed tar, as ``publishLayer(_:directory:)`` does.
    package func publishLayerTar(_ id: Digest, file: String) throws(ContentStoreError) -> String {
        try publish(id, from: file, as: "tar", column: "tar")
    }

    private func publish(
        _ id: Digest, from source: String, as name: String, column: String
    ) throws(ContentStoreError) -> String {
        let place = layerDirectory(id)
        let final = place + "/" + name
        let trash = try session().makePath("replaced")
        let wasThere = try writeLeasing { (index) throws(ContentStoreError) in
            try index.upsert(LayerRecord(id: id), at: IndexTime.now())
            let isRecorded = try index.database.exists("SELECT 1 FROM layers WHERE id = ? AND \(column) = 1", id)
            let isPresent = access(final, F_OK) == 0
            if isRecorded, isPresent { return (true, [StoreItem.layer(id)]) }
            try mapping(final) { () throws(SystemError) in
                // A kill between rename and commit left this one; its record never came, so it goes.
                if isPresent { try check("rename", final) { rename(final, trash) } }
                try Directory.create(place, mode: 0o711)
                try check("rename", final) { rename(source, final) }
            }
            try index.database.run("UPDATE layers SET \(column) = 1 WHERE id = ?", id)
            return (false, [.layer(id)])
        }
        try? options.removeTree(trash)
        if wasThere { try? options.removeTree(source) }
        return final
    }

    /// Where a materialised layer lies; nil when it is not materialised.
    package func layerPath(_ id: Digest) throws(ContentStoreError) -> String? {
        try path(of: id, "fs", column: "directory")
    }

    /// Where a layer's uncompressed tar lies; nil when there is none.
    package func layerTarPath(_ id: Digest) throws(ContentStoreError) -> String? {
        try path(of: id, "tar", column: "tar")
    }

    private func path(of id: Digest, _ name: String, column: String) throws(ContentStoreError) -> String? {
        let path = layerDirectory(id) + "/" + name
        return try readLeasing { (index) throws(ContentStoreError) in
            let isRecorded = try index.database.exists("SELECT 1 FROM layers WHERE id = ? AND \(column) = 1", id)
            return isRecorded && access(path, F_OK) == 0 ? (path, [.layer(id)]) : (nil, [])
        }
    }
}
