package import Core

/// What the last stage of a slimmed Dockerfile gets, and why.
package struct SlimPlan: Sendable {
    /// Why something is copied.
    package enum Reason: Sendable, Hashable, Comparable {
        /// What the image starts, or what that starts.
        case program
        /// The program loader and libraries.
        case libraries
        /// The directory of a language's library: what the observed run didn't load may be loaded another time.
        case languageLibrary(String)
        /// Certificate authorities.
        case certificates
        /// Time zones.
        case timeZones
        /// Users and groups.
        case accounts
        /// Where the C library looks hosts up.
        case hostNames
        /// A directory of the project, of which the program read files.
        case data
        /// Read by the program while it was observed.
        case observed
    }

    package struct Item: Sendable, Hashable {
        package var path: BytePath
        package var isDirectory: Bool
        package var reason: Reason
        /// Where it goes when that isn't its own path.
        package var destination: BytePath?
        /// Of the contents.
        package var bytes: Int64
        package var files: Int
        /// Whether nothing but the observed run tells that it is needed.
        package var isFromObservation: Bool
        /// Whose it becomes; nil keeps root's.
        package var owner: Owner?
        /// Other names under which the file is used: each becomes a link to it.
        package var links: [BytePath] = []
    }

    /// A user by numbers.
    package struct Owner: Sendable, Hashable {
        package var uid: UInt32
        package var gid: UInt32

        package init(uid: UInt32, gid: UInt32) {
            self.uid = uid
            self.gid = gid
        }

        package var isRoot: Bool { uid == 0 && gid == 0 }
    }

    /// A directory that the program writes to.
    package struct Directory: Sendable, Hashable {
        package var path: BytePath
        package var mode: UInt32
        package var uid: UInt32
        package var gid: UInt32
    }

    /// In the order of reasons and paths; none lies in another one's directory.
    package var items: [Item] = []
    package var directories: [Directory] = []
    /// Directories that it writes to and that stay another one's than the new user's: they are the system's.
    package var withheld: [BytePath] = []
    /// What could not be settled, in words.
    package var remarks: [String] = []
    /// Whether the image has a shell to make directories with.
    package var hasShell = false

    package var bytes: Int64 { items.reduce(0) { $0 + $1.bytes } }
    package var files: Int { items.reduce(0) { $0 + $1.files } }
}
