// https://specifications.freedesktop.org/basedir-spec/latest/
internal import Glibc

/// Where the store lies and what its parts are called.
///
///     blobs/sha256/<hex>   immutable, content-addressed
///     layers/<id>/         fs: a materialised layer; tar: its uncompressed archive
///     caches/<id>/<n>/     RUN --mount=type=cache
///     partial/<hex>        interrupted downloads
///     index.sqlite         names, records, leases (WAL)
///     reserve              room that pruning needs when the disk is full
///     tmp/<session>/       unfinished work
///     locks/  logs/        locks between processes; logs of failed steps
package struct StoreLocation: Sendable, Equatable {
    /// An absolute path.
    package var home: String

    package init(home: String) { self.home = home }

    /// `$SAMPAN_HOME`; else for root `/var/lib/sampan`; else `$XDG_DATA_HOME/sampan`; else `~/.local/share/sampan`.
    ///
    /// Root does not follow `XDG_DATA_HOME`: `sudo -E` would put files of root into a user's home. A program that
    /// enters a user namespace looks like root from then on, so it passes `SAMPAN_HOME` on.
    package static func resolve(
        environment: [String: String], isRoot: Bool? = nil
    ) throws(ContentStoreError) -> StoreLocation {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let home = value("SAMPAN_HOME") { return StoreLocation(home: absolute(home)) }
        if isRoot ?? (geteuid() == 0) { return StoreLocation(home: "/var/lib/sampan") }
        // The base directory specification has relative paths ignored.
        if let data = value("XDG_DATA_HOME"), data.hasPrefix("/") {
            return StoreLocation(home: trimmed(data) + "/sampan")
        }
        guard let home = value("HOME"), home.hasPrefix("/") else { throw .noHome }
        return StoreLocation(home: (home == "/" ? "" : trimmed(home)) + "/.local/share/sampan")
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return trimmed(path) }
        guard let buffer = getcwd(nil, 0) else { return trimmed(path) }
        defer { free(buffer) }
        return trimmed(String(cString: buffer) + "/" + path)
    }

    private static func trimmed(_ path: String) -> String {
        var path = Substring(path)
        while path.hasSuffix("/"), path.utf8.count > 1 { path.removeLast() }
        return String(path)
    }

    var blobs: String { home + "/blobs/sha256" }
    var layers: String { home + "/layers" }
    var caches: String { home + "/caches" }
    var partial: String { home + "/partial" }
    var temporary: String { home + "/tmp" }
    var locks: String { home + "/locks" }
    var logs: String { home + "/logs" }
    var index: String { home + "/index.sqlite" }
    var reserve: String { home + "/reserve" }

    /// All directories that a store has, parents first.
    var directories: [String] {
        [home, home + "/blobs", blobs, layers, caches, partial, temporary, locks, logs]
    }
}
