internal import Archive
internal import Core
private import Debian
internal import Layers

/// One level on its way: what stands at which path, who put it there, and where links lead.
struct LevelBuilder {
    /// Who put something at a path.
    enum Owner: Equatable {
        case package(Int)
        case archive(Int)
        /// The recipe's own items, which may replace files of packages and archives.
        case recipe
    }

    /// One path of the level.
    struct Slot {
        var entry: Entry
        var owner: Owner
        /// Further packages that have the very same file.
        var sharers: [Int] = []
        /// Files of one group are names of one file.
        var linkGroup: Int?
    }

    let level: BaseLevel
    let merge: UsrMerge
    let below: FileTree
    var known: KnownPackages
    /// Index in ``known`` of the level's first package.
    let firstPackage: Int
    let slices: SliceMatcher

    var slots: [BytePath: Slot] = [:]
    /// Targets of the level's symbolic links, also of those that are yet to be placed.
    var links: [BytePath: [UInt8]] = [:]
    /// Directories below which a slice left something out, or that one named.
    var thinned: Set<BytePath> = []
    /// What slices left out of /usr/share/zoneinfo.
    var slicedZones: [BytePath: Entry] = [:]
    /// Certificates of packages by their path below ``CertificateBundle/source``.
    var certificates: [(path: BytePath, content: FileContent)] = []
    /// Where each package's files went.
    var finalPaths: [[BytePath: BytePath]] = []
    var report: LevelReport
    private var linkGroups = 0
    private var realDirectories: [BytePath: BytePath] = [:]

    init(_ level: BaseLevel, merge: UsrMerge, below: FileTree, known: KnownPackages) {
        self.level = level
        self.merge = merge
        self.below = below
        self.known = known
        firstPackage = known.count - level.packages.count
        slices = SliceMatcher(level.recipe.slices)
        report = LevelReport(name: level.recipe.name, packages: level.packages.map(\.name))
        report.sliced = level.recipe.slices.map { LevelReport.Sliced(slice: $0.name, files: 0, bytes: 0) }
    }

    // MARK: Looking

    /// What is at exactly this path, in the level or below; nil for nothing and for directories that nobody mentions.
    func entry(at path: BytePath) throws -> Entry? {
        if let slot = slots[path] { return slot.entry }
        guard let node = try below.lookup(path, followLinks: false), node.layer >= 0 else { return nil }
        return node.entry
    }

    /// The target of the link at a path, in the level or below.
    private func link(at path: BytePath) throws -> [UInt8]? {
        if let target = links[path] { return target }
        guard slots[path] == nil, let node = try below.lookup(path, followLinks: false),
            case .symlink(let target) = node.entry.kind
        else { return nil }
        return target
    }

    /// Where a directory's path leads, with links followed inside the root.
    /// - Throws: ``LayerError/tooManyLinks(path:)``, ``LayerError/notADirectory(path:through:)``.
    mutating func realDirectory(_ path: BytePath) throws -> BytePath {
        if path.isRoot { return path }
        if let real = realDirectories[path] { return real }
        var walk = LinkWalk(path)
        while let name = walk.next() {
            let here = walk.current.appending(name)
            if let target = try link(at: here) {
                try walk.follow(target, from: path)
            } else {
                if let entry = try entry(at: here), !entry.isDirectory {
                    throw LayerError.notADirectory(path: path.description, through: here.description)
                }
                try walk.enter(here)
            }
        }
        realDirectories[path] = walk.current
        return walk.current
    }

    /// Where something of this path belongs: links in its parents are followed.
    mutating func realPath(_ path: BytePath) throws -> BytePath {
        try realDirectory(path.parent).appending(path.name)
    }

    // MARK: Placing

    mutating func newLinkGroup() -> Int {
        linkGroups += 1
        return linkGroups
    }

    /// Makes a link known before anything is placed through it.
    mutating func announce(_ path: BytePath, link target: [UInt8]) {
        links[path] = target
        realDirectories = [:]
    }

    /// Puts an entry at its path, whoever had one there.
    mutating func set(_ slot: Slot) {
        let path = slot.entry.path
        let old = links[path]
        if case .symlink(let target) = slot.entry.kind { links[path] = target } else { links[path] = nil }
        if links[path] != old { realDirectories = [:] }
        slots[path] = slot
    }

    /// Puts an item of the recipe in place: a file or a link takes the place of files and links, never of directories.
    /// - Parameter what: names the kind of item in the error.
    mutating func put(_ entry: Entry, what: String) throws {
        var entry = entry
        entry.path = try realPath(entry.path)
        if let existing = try self.entry(at: entry.path), existing.isDirectory {
            throw AssemblyError.inTheWay(path: entry.path.description, what: "the \(what)")
        }
        set(Slot(entry: entry, owner: .recipe))
    }

    /// Adds what a package or an archive has; see ``resolve(_:_:)`` for paths that are taken. Of directories the first
    /// one's mode and owner hold, as with dpkg.
    /// - Returns: whether the image has it: not when a package that replaces this one has another file there.
    @discardableResult
    mutating func place(_ slot: Slot) throws -> Bool {
        let path = slot.entry.path
        if let existing = slots[path] {
            if existing.entry.isDirectory, slot.entry.isDirectory { return true }
            switch try resolve(existing, slot) {
            case .same:
                if case .package(let index) = slot.owner { slots[path]?.sharers.append(index) }
                return true
            case .first: return false
            case .second: break
            }
        } else if let existing = try entry(at: path) {
            if existing.isDirectory, slot.entry.isDirectory { return true }
            if let owner = known.owners[path] {
                switch try resolve(Slot(entry: existing, owner: .package(owner)), slot) {
                case .same: return true
                case .first: return false
                case .second: break
                }
            } else if existing.isDirectory || slot.entry.isDirectory {
                throw AssemblyError.inTheWay(path: path.description, what: describe(slot.owner) + ":")
            }
        }
        set(slot)
        return true
    }

    private enum Winner { case same, first, second }

    /// Who gets a path that two want: one of two equal files, the package that replaces the other, nobody else.
    private func resolve(_ first: Slot, _ second: Slot) throws -> Winner {
        if try Self.isSame(first.entry, second.entry) { return .same }
        if case .package(let old) = first.owner, case .package(let new) = second.owner,
            !first.entry.isDirectory, !second.entry.isDirectory
        {
            if known.replaces(new, old) { return .second }
            if known.replaces(old, new) { return .first }
        }
        throw AssemblyError.conflict(
            path: second.entry.path.description, first: describe(first.owner), second: describe(second.owner))
    }

    func describe(_ owner: Owner) -> String {
        switch owner {
        case .package(let index): "package '\(known.name(index))'"
        case .archive(let index): "archive '\(level.archives[index].archive.name)'"
        case .recipe: "the recipe"
        }
    }

    /// Whether two files are equal in all that counts.
    private static func isSame(_ left: Entry, _ right: Entry) throws -> Bool {
        guard left.kind == right.kind, left.mode == right.mode, left.uid == right.uid, left.gid == right.gid,
            left.size == right.size, left.attributes == right.attributes
        else { return false }
        return try !left.isFile || left.content.digest() == right.content.digest()
    }
}

extension Recipe.Archive {
    /// What people know the archive by.
    var name: String {
        switch source {
        case .local(let file): file.path.description
        case .url(let url): url
        }
    }
}
