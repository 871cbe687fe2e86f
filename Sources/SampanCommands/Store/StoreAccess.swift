package import ContentStore
import Core
import Glibc
import HostOS
import Sandbox

/// Opens the store that this user's commands work on.
package enum StoreAccess {
    /// Where the store is: `$SAMPAN_HOME` or the user's place for data.
    package static func location() throws -> StoreLocation {
        // In a user namespace the process is root, but the store is still that of the user outside.
        try StoreLocation.resolve(
            environment: environment(), isRoot: geteuid() == 0 && !RootlessEntry.isInside)
    }

    package static func open() throws -> Store {
        try Store.open(try location())
    }

    package static func environment() -> [String: String] {
        var out: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { out[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return out
    }
}
