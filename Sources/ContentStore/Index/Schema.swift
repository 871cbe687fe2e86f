internal import Glibc
internal import HostOS

/// The tables of the index and how older forms become the newest.
///
/// `PRAGMA user_version` counts the migrations that a file has seen. A form is never changed, only followed by another.
enum Schema {
    static let migrations = [version1, version2, version3, version4]

    static var version: Int { migrations.count }

    /// Brings the file to the newest form.
    /// - Returns: whether the tables were made just now.
    static func prepare(
        _ database: Database, migrations: [String] = Self.migrations, lock: () throws(ContentStoreError) -> LockFile
    ) throws(ContentStoreError) -> Bool {
        if try version(of: database) == migrations.count { return false }
        // One process at a time: switching to WAL needs the file for itself.
        let held = try lock()
        defer { held.release(removing: false) }
        let found = try version(of: database)
        guard found <= migrations.count else {
            throw .newerSchema(found: found, known: migrations.count, path: database.path)
        }
        if found == migrations.count { return false }
        // Both are properties of the file. The vacuum lets pruning give pages back to the disk.
        if found == 0 { try database.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL") }
        try database.transaction { () throws(ContentStoreError) in
            for script in migrations[found...] { try database.execute(script) }
            try database.execute("PRAGMA user_version = \(migrations.count)")
        }
        return found == 0
    }

    private static func version(of database: Database) throws(ContentStoreError) -> Int {
        try database.first("PRAGMA user_version") { Int($0.int(0)) } ?? 0
    }

    // Times are milliseconds since 1970. Digests are their 32 bytes. kind in leases and step_needs: 0 blob, 1 layer.
    private static let version1 = """
        CREATE TABLE blobs (
            digest BLOB PRIMARY KEY, size INTEGER NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE images (
            manifest BLOB PRIMARY KEY, media_type TEXT NOT NULL, size INTEGER NOT NULL, created INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE tags (
            name TEXT PRIMARY KEY, manifest BLOB NOT NULL, created INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX tags_manifest ON tags (manifest);
        CREATE TABLE image_blobs (
            manifest BLOB NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (manifest, blob)
        ) WITHOUT ROWID;
        CREATE INDEX image_blobs_blob ON image_blobs (blob);

        CREATE TABLE steps (
            key BLOB PRIMARY KEY, shape BLOB NOT NULL, description TEXT NOT NULL, result BLOB NOT NULL,
            created INTEGER NOT NULL, used INTEGER NOT NULL, hits INTEGER NOT NULL
        );
        CREATE INDEX steps_shape ON steps (shape, used);
        CREATE TABLE step_needs (
            step BLOB NOT NULL, kind INTEGER NOT NULL, position INTEGER NOT NULL, id BLOB NOT NULL,
            PRIMARY KEY (step, kind, position)
        ) WITHOUT ROWID;
        CREATE INDEX step_needs_id ON step_needs (id, kind);

        CREATE TABLE layers (
            id BLOB PRIMARY KEY, diff BLOB, blob BLOB, blob_size INTEGER, blob_type TEXT, content BLOB,
            unpacked INTEGER NOT NULL, entries INTEGER NOT NULL, directory INTEGER NOT NULL, tar INTEGER NOT NULL,
            created INTEGER NOT NULL, used INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX layers_diff ON layers (diff);
        CREATE INDEX layers_blob ON layers (blob);

        CREATE TABLE diffs (
            blob BLOB PRIMARY KEY, diff BLOB NOT NULL, codec TEXT NOT NULL, size INTEGER NOT NULL, type TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX diffs_diff ON diffs (diff, codec);

        CREATE TABLE members (
            key BLOB PRIMARY KEY, blob BLOB NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX members_blob ON members (blob);

        CREATE TABLE files (
            device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
            changed INTEGER NOT NULL, digest BLOB NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (device, inode)
        ) WITHOUT ROWID;

        CREATE TABLE caches (
            id TEXT PRIMARY KEY, created INTEGER NOT NULL, used INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE leases (
            session TEXT NOT NULL, kind INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (session, kind, id)
        ) WITHOUT ROWID;
        CREATE INDEX leases_id ON leases (id, kind);
        """

    private static let version2 = """
        CREATE TABLE origins (
            blob BLOB NOT NULL, registry TEXT NOT NULL, repository TEXT NOT NULL, seen INTEGER NOT NULL,
            PRIMARY KEY (blob, registry, repository)
        ) WITHOUT ROWID;
        CREATE INDEX origins_seen ON origins (seen);
        """

    private static let version3 = """
        CREATE TABLE image_sources (
            manifest BLOB PRIMARY KEY, sources BLOB NOT NULL
        ) WITHOUT ROWID;
        """

    // The facts come last, so that looking at the rest of a row doesn't read them.
    private static let version4 = """
        CREATE TABLE analyses (
            layer BLOB PRIMARY KEY, form TEXT NOT NULL, used INTEGER NOT NULL, facts BLOB NOT NULL
        );
        """
}
