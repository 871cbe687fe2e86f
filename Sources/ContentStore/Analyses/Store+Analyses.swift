package import Core

/// What was found out about layers by reading them, and about images. Who found it out gives it a form; a record of
/// another form is none.
extension Store {
    /// How long a record that nobody asks for is kept, in milliseconds: a quarter of a year.
    private static let analysisLife: Int64 = 90 * 86_400_000
    /// A record counts as used on the days it is asked for; more exact marks would cost a write each time.
    private static let analysisGrain: Int64 = 86_400_000

    /// Remembers what was found out, in place of what was known before.
    /// - Parameters:
    ///   - layer: the digest of the layer's blob; of an image whatever digest it is known by.
    ///   - form: names the coding of the facts and what is in them.
    package func recordAnalysis(of layer: Digest, form: String, _ facts: [UInt8]) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in
            let now = IndexTime.now()
            try index.database.run(
                "INSERT OR REPLACE INTO analyses (layer, form, used, facts) VALUES (?, ?, ?, ?)", layer, form, now,
                facts)
            try index.database.run("DELETE FROM analyses WHERE used < ?", now - Self.analysisLife)
        }
    }

    /// What is remembered of a layer; nil when nothing is, or in another form.
    package func analysis(of layer: Digest, form: String) throws(ContentStoreError) -> [UInt8]? {
        let found = try read { (index) throws(ContentStoreError) in
            try index.database.first(
                "SELECT facts, used FROM analyses WHERE layer = ? AND form = ?", layer, form
            ) { (facts: $0.bytes(0), used: $0.int(1)) }
        }
        guard let found else { return nil }
        let now = IndexTime.now()
        if found.used < now - Self.analysisGrain {
            try write { (index) throws(ContentStoreError) in
                _ = try index.database.run("UPDATE analyses SET used = ? WHERE layer = ?", now, layer)
            }
        }
        return found.facts
    }

    /// Forgets what is remembered of a layer.
    package func forgetAnalysis(of layer: Digest) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in
            _ = try index.database.run("DELETE FROM analyses WHERE layer = ?", layer)
        }
    }
}
