package import Core

extension Store {
    private static let columns =
        "SELECT key, shape, description, result, created, used, hits FROM steps"

    private static func step(_ row: Statement) throws(ContentStoreError) -> StepRecord {
        StepRecord(
            key: try row.digest(0), shape: try row.digest(1), description: row.text(2), result: row.bytes(3),
            layers: [], blobs: [], created: IndexTime.fileTime(row.int(4)), lastUsed: IndexTime.fileTime(row.int(5)),
            hits: Int(row.int(6)))
    }

    private static func addNeeds(to step: inout StepRecord, _ index: Index) throws(ContentStoreError) {
        let needs = try index.database.rows(
            "SELECT kind, id FROM step_needs WHERE step = ? ORDER BY kind, position", step.key
        ) { (row) throws(ContentStoreError) in (kind: row.int(0), id: try row.digest(1)) }
        step.blobs = needs.filter { $0.kind == 0 }.map(\.id)
        step.layers = needs.filter { $0.kind == 1 }.map(\.id)
    }

    /// The result recorded for a key. It counts as a use, and what the result needs is leased to this session.
    package func lookupStep(_ key: Digest) throws(ContentStoreError) -> StepRecord? {
        let isThere = try read { (index) throws(ContentStoreError) in
            try index.database.exists("SELECT 1 FROM steps WHERE key = ?", key)
        }
        guard isThere else { return nil }
        return try writeLeasing { (index) throws(ContentStoreError) in
            guard var step = try index.database.first(Self.columns + " WHERE key = ?", key, row: Self.step) else {
                return (nil, [])
            }
            try Self.addNeeds(to: &step, index)
            let now = IndexTime.now()
            try index.database.run("UPDATE steps SET used = ?, hits = hits + 1 WHERE key = ?", now, key)
            step.hits += 1
            step.lastUsed = IndexTime.fileTime(now)
            try Self.markUsed(step.needs, at: now, index)
            return (step, step.needs)
        }
    }

    private static func markUsed(
        _ items: [StoreItem], at time: Int64, _ index: Index
    ) throws(ContentStoreError) {
        for item in items {
            switch item {
            case .blob(let id): try index.database.run("UPDATE blobs SET used = ? WHERE digest = ?", time, id)
            case .layer(let id): try index.database.run("UPDATE layers SET used = ? WHERE id = ?", time, id)
            }
        }
    }

    /// Steps of the same instruction on other inputs, the most recently used first. Neither counted nor leased: look
    /// the chosen one up.
    package func stepCandidates(shape: Digest, limit: Int = 16) throws(ContentStoreError) -> [StepRecord] {
        try steps(Self.columns + " WHERE shape = ? ORDER BY used DESC, key LIMIT ?", shape, limit)
    }

    /// All steps, the most recently used first.
    package func steps() throws(ContentStoreError) -> [StepRecord] {
        try steps(Self.columns + " ORDER BY used DESC, key")
    }

    private func steps<each Value: SQLValue>(
        _ sql: String, _ values: repeat each Value
    ) throws(ContentStoreError) -> [StepRecord] {
        try read { (index) throws(ContentStoreError) in
            var steps = try index.database.rows(sql, repeat each values, row: Self.step)
            for position in steps.indices { try Self.addNeeds(to: &steps[position], index) }
            return steps
        }
    }

    /// Records a result together with the layers that it consists of, in one transaction. A record of the same key is
    /// replaced.
    package func recordStep(_ step: NewStep, layers: [LayerRecord] = []) throws(ContentStoreError) {
        try writeLeasing { (index) throws(ContentStoreError) in
            let database = index.database
            let now = IndexTime.now()
            for layer in layers { try index.upsert(layer, at: now) }
            try index.forgetStep(step.key)
            try database.run(
                """
                INSERT INTO steps (key, shape, description, result, created, used, hits) VALUES (?, ?, ?, ?, ?, ?, 0)
                """, step.key, step.shape, step.description, step.result, now, now)
            var needs: [StoreItem] = []
            for (position, id) in step.layers.enumerated() {
                try Self.insertNeed(.layer(id), position, step.key, index)
                needs.append(.layer(id))
            }
            for (position, id) in step.blobs.enumerated() {
                try Self.insertNeed(.blob(id), position, step.key, index)
                needs.append(.blob(id))
            }
            return ((), needs + layers.map { .layer($0.id) })
        }
    }

    private static func insertNeed(
        _ item: StoreItem, _ position: Int, _ step: Digest, _ index: Index
    ) throws(ContentStoreError) {
        try index.database.run(
            "INSERT INTO step_needs (step, kind, position, id) VALUES (?, ?, ?, ?)", step, item.kind, position, item.id)
    }

    /// Forgets a result; its layers stay until pruned.
    package func removeStep(_ key: Digest) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in try index.forgetStep(key) }
    }
}
