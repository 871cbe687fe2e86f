internal import Core
internal import HostOS

/// What the index says of everything that takes room, read at one time.
struct Catalog: Sendable {
    struct Layer: Sendable {
        var used: Int64
        var blob: Digest?
    }

    /// When each blob was used last.
    var blobs: [Digest: Int64] = [:]
    /// A name of an image that needs the blob.
    var imageNames: [Digest: String] = [:]
    var layers: [Digest: Layer] = [:]
    /// The layers whose compressed form a blob is.
    var layersOfBlob: [Digest: [Digest]] = [:]
    /// The most recent use by a step, and that step's description.
    var steps: [StoreItem: (used: Int64, description: String)] = [:]
    var leased: Set<StoreItem> = []
    var analyses: [UsageItem] = []
    /// By the name of their directory.
    var caches: [String: (id: String, used: Int64)] = [:]

    init(_ index: Index) throws(ContentStoreError) {
        let database = index.database
        try index.flush()
        for (digest, used) in try database.rows(
            "SELECT digest, used FROM blobs",
            row: { (row) throws(ContentStoreError) in
                (try row.digest(0), row.int(1))
            })
        {
            blobs[digest] = used
        }
        for (blob, name) in try database.rows(
            "SELECT blob, min(name) FROM image_blobs JOIN tags USING (manifest) GROUP BY blob",
            row: { (row) throws(ContentStoreError) in
                (try row.digest(0), row.text(1))
            })
        {
            imageNames[blob] = name
        }
        for (id, layer) in try database.rows(
            "SELECT id, used, blob FROM layers",
            row: { (row) throws(ContentStoreError) in
                (try row.digest(0), Layer(used: row.int(1), blob: row.optionalDigest(2)))
            })
        {
            layers[id] = layer
            if let blob = layer.blob { layersOfBlob[blob, default: []].append(id) }
        }
        for (item, used, description) in try database.rows(
            "SELECT kind, id, max(used), description FROM step_needs JOIN steps ON key = step GROUP BY kind, id",
            row: { (row) throws(ContentStoreError) in
                (
                    row.int(0) == 0 ? StoreItem.blob(try row.digest(1)) : .layer(try row.digest(1)), row.int(2),
                    row.text(3)
                )
            })
        {
            steps[item] = (used, description)
        }
        leased = Set(
            try database.rows(
                "SELECT DISTINCT kind, id FROM leases",
                row: { (row) throws(ContentStoreError) in
                    row.int(0) == 0 ? StoreItem.blob(try row.digest(1)) : .layer(try row.digest(1))
                }))
        analyses = try database.rows("SELECT layer, length(facts), used FROM analyses ORDER BY layer") {
            (row) throws(ContentStoreError) in
            UsageItem(
                kind: .analysis, id: try row.digest(0).hex, description: "what is known of a layer or image",
                bytes: row.int(1),
                lastUsed: IndexTime.fileTime(row.int(2)))
        }
        for (id, used) in try database.rows("SELECT id, used FROM caches", row: { ($0.text(0), $0.int(1)) }) {
            caches[SHA256.digest(of: id).hex] = (id, used)
        }
    }

    /// What a blob counts as.
    func item(blob: Digest, bytes: Int64) -> UsageItem {
        let holders = layersOfBlob[blob] ?? []
        let uses =
            [blobs[blob], steps[.blob(blob)]?.used].compactMap { $0 }
            + holders.flatMap { [layers[$0]?.used, steps[.layer($0)]?.used].compactMap { $0 } }
        let kind: UsageKind
        let description: String
        if blobs[blob] == nil {
            (kind, description) = (.unreferencedBlob, "blob without a record")
        } else if let name = imageNames[blob] {
            (kind, description) = (.imageBlob, name)
        } else if let step = steps[.blob(blob)] ?? holders.lazy.compactMap({ steps[.layer($0)] }).first {
            (kind, description) = (.cacheBlob, step.description)
        } else if !holders.isEmpty {
            (kind, description) = (.cacheBlob, "layer")
        } else {
            (kind, description) = (.unreferencedBlob, "blob")
        }
        return UsageItem(
            kind: kind, id: blob.hex, description: description, bytes: bytes,
            lastUsed: blobs[blob] == nil ? nil : uses.max().map(IndexTime.fileTime),
            isLeased: leased.contains(.blob(blob)) || holders.contains { leased.contains(.layer($0)) })
    }

    /// What a part of a layer's directory counts as.
    func item(layer: Digest, _ kind: UsageKind, bytes: Int64) -> UsageItem {
        let step = steps[.layer(layer)]
        let used = [layers[layer]?.used, step?.used].compactMap { $0 }.max()
        return UsageItem(
            kind: kind, id: layer.hex,
            description: step?.description ?? (layers[layer] == nil ? "layer without a record" : "layer"), bytes: bytes,
            lastUsed: layers[layer] == nil ? nil : used.map(IndexTime.fileTime),
            isLeased: leased.contains(.layer(layer)))
    }
}
