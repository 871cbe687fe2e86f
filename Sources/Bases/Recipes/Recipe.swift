package import Core
package import Debian

/// What one level of a base is made of. Each level becomes a layer of its own, on top of the level it extends.
///
/// A level that was loaded by ``RecipeChain`` has inherited what holds for all levels above a declaration: `configure`,
/// `essential`, `without` and `slices`. What concerns the base as a whole (the archive, architectures, the image's
/// configuration) is merged in the chain.
package struct Recipe: Sendable, Hashable {
    package enum Origin: Sendable, Hashable {
        case builtIn
        /// The directory that holds the recipe's file, and the file's name in it.
        case file(directory: String, name: String)
    }

    /// The built-in name, or the file's name without `.yaml`.
    package var name: String
    package var origin: Origin
    /// The comment at the top, without `#`; its first line serves lists of recipes.
    package var summary = ""
    /// The level below: a built-in name or a file beside this one.
    package var extends: String?
    package var repository = Repository()
    /// Debian's names of architectures; nil when the recipe leaves it to lower levels.
    package var architectures: [String]?
    package var packages: [PackageRequest] = []
    /// Real or virtual packages that dependencies name and this base does without.
    package var without: Set<String> = []
    package var recommends = false
    package var slices: [Slice] = []
    package var groups: [Group] = []
    package var users: [User] = []
    /// PEM files that join the CA bundle.
    package var certificates: [LocalFile] = []
    package var directories: [Directory] = []
    package var files: [File] = []
    package var moves: [Move] = []
    package var symlinks: [Symlink] = []
    package var archives: [Archive] = []
    package var image = ImageSettings()
    /// Maintainer scripts run in a sandbox; dpkg and apt know the packages.
    package var configure = false
    /// Essential packages, and those of priority required, come along.
    package var essential = false

    package init(name: String, origin: Origin) {
        self.name = name
        self.origin = origin
    }
}

extension Recipe {
    /// Where packages come from; nil and empty leave it to other levels or to the host.
    package struct Repository: Sendable, Hashable {
        /// Brings `<suite>-updates` and `<suite>-security` with it.
        package var suite: String?
        package var suites: [String] = []
        package var components: [String]?
        package var mirror: String?
        package var keyring: LocalFile?
        /// `YYYYMMDDTHHMMSSZ`
        package var snapshot: String?
        package var snapshotMirror: String?

        package init() {}
    }

    /// A file at or below the recipe's directory. ``Recipe/open(_:)`` opens it.
    package struct LocalFile: Sendable, Hashable {
        package var path: BytePath
        /// The directory of the recipe that names it.
        package var directory: String

        package init(path: BytePath, directory: String) {
            self.path = path
            self.directory = directory
        }
    }

    package struct Owner: Sendable, Hashable {
        package var uid: UInt32
        package var gid: UInt32

        package init(uid: UInt32 = 0, gid: UInt32 = 0) {
            self.uid = uid
            self.gid = gid
        }
    }

    /// A line of /etc/group.
    package struct Group: Sendable, Hashable {
        package var name: String
        package var gid: UInt32
        package var members: [String] = []

        package init(name: String, gid: UInt32, members: [String] = []) {
            self.name = name
            self.gid = gid
            self.members = members
        }
    }

    /// A line of /etc/passwd.
    package struct User: Sendable, Hashable {
        package var name: String
        package var uid: UInt32
        package var gid: UInt32
        package var home: String
        package var shell: String
        package var comment: String

        package init(name: String, uid: UInt32, gid: UInt32, home: String, shell: String, comment: String) {
            self.name = name
            self.uid = uid
            self.gid = gid
            self.home = home
            self.shell = shell
            self.comment = comment
        }
    }

    package struct Directory: Sendable, Hashable {
        package var path: BytePath
        /// 0o7777 at most.
        package var mode: UInt32
        package var owner: Owner

        package init(path: BytePath, mode: UInt32 = 0o755, owner: Owner = Owner()) {
            self.path = path
            self.mode = mode
            self.owner = owner
        }
    }

    package struct File: Sendable, Hashable {
        package enum Content: Sendable, Hashable {
            case text(String)
            case local(LocalFile)
        }

        package var path: BytePath
        package var content: Content
        package var mode: UInt32
        package var owner: Owner

        package init(path: BytePath, content: Content, mode: UInt32 = 0o644, owner: Owner = Owner()) {
            self.path = path
            self.content = content
            self.mode = mode
            self.owner = owner
        }
    }

    /// A package's file under another name.
    package struct Move: Sendable, Hashable {
        package var from: BytePath
        package var to: BytePath

        package init(from: BytePath, to: BytePath) {
            self.from = from
            self.to = to
        }
    }

    package struct Symlink: Sendable, Hashable {
        package var path: BytePath
        package var target: String

        package init(path: BytePath, target: String) {
            self.path = path
            self.target = target
        }
    }

    /// An archive that is unpacked into the layer.
    package struct Archive: Sendable, Hashable {
        package enum Source: Sendable, Hashable {
            case local(LocalFile)
            case url(String)
        }

        package var source: Source
        package var digest: Digest
        package var destination: BytePath
        /// How many leading components of each path are dropped.
        package var strip: Int
        /// Only for this one of Debian's architectures; nil for all.
        package var architecture: String?

        package init(source: Source, digest: Digest, destination: BytePath, strip: Int = 0, architecture: String? = nil)
        {
            self.source = source
            self.digest = digest
            self.destination = destination
            self.strip = strip
            self.architecture = architecture
        }
    }

    /// Those of the archives that an architecture gets, in the recipe's order.
    /// - Parameter architecture: Debian's name of it.
    package func archives(for architecture: String) -> [Archive] {
        archives.filter { $0.architecture == nil || $0.architecture == architecture }
    }

    /// What the image's configuration says; nil leaves it to lower levels.
    package struct ImageSettings: Sendable, Hashable {
        package struct Variable: Sendable, Hashable {
            package var name: String
            /// `${NAME}` stands for the value of lower levels until the chain merges them.
            package var value: String

            package init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        /// In the order of the text.
        package var environment: [Variable] = []
        package var user: String?
        package var workdir: String?
        package var entrypoint: [String]?
        package var command: [String]?
        package var labels: [String: String] = [:]

        package init() {}
    }
}
