internal import Core

/// Forgetting things together with what makes no sense without them. All of it runs inside a write transaction.
extension Index {
    /// Forgets a blob: its members, the layers that have their bytes nowhere else, their steps. Names of
    /// images stay: a person gave them, and pulling or building the image again makes it whole.
    func forgetBlob(_ digest: Digest) throws(ContentStoreError) {
        try database.run("DELETE FROM blobs WHERE digest = ?", digest)
        try database.run("DELETE FROM members WHERE blob = ?", digest)
        try database.run("DELETE FROM diffs WHERE blob = ?", digest)
        try database.run("DELETE FROM image_sources WHERE manifest = ?", digest)
        try forgetSteps(needing: .blob(digest))
        let orphans = try database.rows(
            "SELECT id FROM layers WHERE blob = ? AND directory = 0 AND tar = 0", digest
        ) { (row) throws(ContentStoreError) in try row.digest(0) }
        for layer in orphans { try forgetLayer(layer) }
        try database.run("UPDATE layers SET blob = NULL, blob_size = NULL, blob_type = NULL WHERE blob = ?", digest)
    }

    /// Forgets an image and its names; its blobs stay.
    func forgetImage(_ manifest: Digest) throws(ContentStoreError) {
        try database.run("DELETE FROM tags WHERE manifest = ?", manifest)
        try database.run("DELETE FROM images WHERE manifest = ?", manifest)
        try database.run("DELETE FROM image_blobs WHERE manifest = ?", manifest)
    }

    /// Forgets that a layer is materialised; the layer too when its bytes are nowhere else.
    func forgetDirectory(ofLayer id: Digest) throws(ContentStoreError) {
        try database.run("UPDATE layers SET directory = 0 WHERE id = ?", id)
        try forgetLayerIfEmpty(id)
    }

    /// Forgets the tar of a layer; the layer too when its bytes are nowhere else.
    func forgetTar(ofLayer id: Digest) throws(ContentStoreError) {
        try database.run("UPDATE layers SET tar = 0 WHERE id = ?", id)
        try forgetLayerIfEmpty(id)
    }

    private func forgetLayerIfEmpty(_ id: Digest) throws(ContentStoreError) {
        let isEmpty = try database.exists(
            """
            SELECT 1 FROM layers WHERE id = ? AND directory = 0 AND tar = 0
            AND (blob IS NULL OR blob NOT IN (SELECT digest FROM blobs))
            """, id)
        if isEmpty { try forgetLayer(id) }
    }

    /// Forgets a layer and the steps whose result it is part of.
    func forgetLayer(_ id: Digest) throws(ContentStoreError) {
        try database.run("DELETE FROM layers WHERE id = ?", id)
        try forgetSteps(needing: .layer(id))
    }

    private func forgetSteps(needing item: StoreItem) throws(ContentStoreError) {
        let steps = try database.rows(
            "SELECT DISTINCT step FROM step_needs WHERE id = ? AND kind = ?", item.id, item.kind
        ) { (row) throws(ContentStoreError) in try row.digest(0) }
        for step in steps { try forgetStep(step) }
    }

    func forgetStep(_ key: Digest) throws(ContentStoreError) {
        try database.run("DELETE FROM steps WHERE key = ?", key)
        try database.run("DELETE FROM step_needs WHERE step = ?", key)
    }
}
