// https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
internal import Archive
internal import Core

/// Puts a layer together from entries in the order in which an archive has them, as unpacking them one after another
/// would: a later entry replaces an earlier one, a path through a symbolic link goes where that leads inside the root,
/// and marks (whiteouts, opaque directories) speak of the layers below alone, wherever in the archive they stand.
struct LayerAssembler {
    /// The layers below, where parents that this layer does not mention are looked up; nil leaves them unsaid.
    private let lower: FileTree?
    private let limits: LayerLimits
    /// What was added so far: names, links and attributes, in bytes.
    private var metadataBytes = 0

    /// All that was added, by position; a path's position is in `positions` while it is alive.
    private var added: [Entry] = []
    private var positions: [BytePath: Int] = [:]
    /// The position of the file that a hard link names.
    private var targets: [Int: Int] = [:]
    private var whiteouts: Set<BytePath> = []
    private var opaque: Set<BytePath> = []
    /// Every directory that something was added below.
    private var parents: Set<BytePath> = []
    /// Paths at which something that is no directory took the place of one: what was below and came before is gone.
    private var removals: [BytePath: Int] = [:]
    /// The last parent that was resolved, as it was given and where it leads.
    private var memo: (given: BytePath, real: BytePath)?

    init(over lower: FileTree? = nil, limits: LayerLimits = .none) {
        self.lower = lower
        self.limits = limits
    }

    /// Counts what something takes in memory.
    private mutating func charge(_ path: BytePath, _ more: Int = 0) throws {
        guard added.count + whiteouts.count + opaque.count < limits.entries else {
            throw LayerError.tooManyEntries(limit: limits.entries)
        }
        metadataBytes += path.bytes.count + more
        guard metadataBytes <= limits.metadataBytes else {
            throw LayerError.tooMuchMetadata(limit: limits.metadataBytes)
        }
    }

    /// Where an entry goes: its path with the links in its parents followed.
    /// - Throws: ``LayerError/notADirectory(path:through:)``, ``LayerError/tooManyLinks(path:)``,
    ///   ``LayerError/tooDeep(path:)``.
    mutating func place(_ path: BytePath) throws -> BytePath {
        guard path.bytes.count <= 4096 else { throw LayerError.tooDeep(path: path.description) }
        let given = path.parent
        if let memo, memo.given == given { return memo.real.appending(path.name) }
        var walk = LinkWalk(given)
        while let name = walk.next() {
            let here = walk.current.appending(name)
            switch try kind(at: here) {
            case .symlink(let target): try walk.follow(target, from: path)
            case nil, .directory, .whiteout: try walk.enter(here)
            default: throw LayerError.notADirectory(path: path.description, through: here.description)
            }
        }
        var directory = walk.current
        memo = (given, directory)
        while !directory.isRoot, parents.insert(directory).inserted { directory = directory.parent }
        return walk.current.appending(path.name)
    }

    /// Takes the marks of a layer's archive.
    /// - Returns: a member that is an entry, with its path where it goes; who reads the archive adds or links it.
    mutating func take(_ member: TarMember) throws -> Entry? {
        switch member {
        case .skip: return nil
        case .hide(let path): try hide(place(path))
        case .hideContents(let directory):
            // Its path as a parent of something, so that links in it are followed to the end.
            try hideContents(of: place(directory.appending("x")).parent)
        case .entry(var entry):
            entry.path = try place(entry.path)
            return entry
        }
        return nil
    }

    /// What is at a path, in this layer or below; a hard link shows as what it names.
    private func kind(at path: BytePath) throws -> Entry.Kind? {
        if let position = position(at: path) {
            let kind = added[position].kind
            guard case .hardlink = kind, let target = targets[position] else { return kind }
            return added[target].kind
        }
        guard let lower, !isHiddenBelow(path) else { return nil }
        return try lower.lookup(path, followLinks: false)?.entry.kind
    }

    /// Whether this layer hides what lower layers have at a path.
    private func isHiddenBelow(_ path: BytePath) -> Bool {
        if whiteouts.isEmpty, opaque.isEmpty { return false }
        if whiteouts.contains(path) { return true }
        var above = path
        while !above.isRoot {
            above = above.parent
            if whiteouts.contains(above) || opaque.contains(above) { return true }
        }
        return false
    }

    /// The position of the living entry at a path.
    func position(at path: BytePath) -> Int? {
        guard let position = positions[path] else { return nil }
        return isAlive(position, path) ? position : nil
    }

    private func isAlive(_ position: Int, _ path: BytePath) -> Bool {
        if removals.isEmpty { return true }
        var above = path
        while !above.isRoot {
            above = above.parent
            if let removal = removals[above], removal > position { return false }
        }
        return true
    }

    /// Adds an entry whose path was given by ``place(_:)`` and says its position. Hard links go to ``link(_:to:)``.
    @discardableResult
    mutating func add(_ entry: Entry) throws -> Int {
        var more = entry.attributes.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
        if case .symlink(let target) = entry.kind { more += target.count }
        try charge(entry.path, more)
        let position = added.count
        let replaced = positions.updateValue(position, forKey: entry.path)
        added.append(entry)
        if !entry.isDirectory, parents.remove(entry.path) != nil { removals[entry.path] = position }
        // What was just added may stand where the remembered parent went through.
        if replaced != nil || entry.isSymlink || memo.map({ $0.real.isSameOrBelow(entry.path) }) == true { memo = nil }
        return position
    }

    /// Adds a hard link; both paths were given by ``place(_:)``. A name of a lower layer is taken over as a file.
    /// - Returns: the position, and that of the file in this layer if it is there.
    mutating func link(_ entry: Entry, to target: BytePath) throws -> (position: Int, target: Int?) {
        let shown = (path: entry.path.description, target: target.description)
        guard entry.path != target, !target.isRoot else {
            throw LayerError.badHardlink(path: shown.path, target: shown.target)
        }
        if var file = position(at: target) {
            file = targets[file] ?? file
            guard added[file].isLeaf else { throw LayerError.badHardlink(path: shown.path, target: shown.target) }
            var entry = entry
            HardlinkOrder.link(&entry, like: added[file].moved(to: entry.path), to: target)
            let position = try add(entry)
            targets[position] = file
            return (position, file)
        }
        guard let lower, !isHiddenBelow(target), let node = try lower.lookup(target, followLinks: false) else {
            throw LayerError.danglingHardlink(path: shown.path, target: shown.target)
        }
        guard node.entry.isLeaf else { throw LayerError.badHardlink(path: shown.path, target: shown.target) }
        return (try add(node.entry.moved(to: entry.path)), nil)
    }

    /// Hides a path of the layers below; given by ``place(_:)``.
    mutating func hide(_ path: BytePath) throws {
        try charge(path)
        whiteouts.insert(path)
        memo = nil
    }

    /// Hides what the layers below have in a directory.
    mutating func hideContents(of directory: BytePath) throws {
        try charge(directory)
        opaque.insert(directory)
        memo = nil
    }

    /// The entry that was added at a position.
    subscript(position: Int) -> Entry {
        get { added[position] }
        set { added[position] = newValue }
    }

    /// The layer. What was added goes into it, so that nothing is there twice; nothing can be added then.
    mutating func finish() throws -> LayerContents {
        if lower == nil, targets.isEmpty, removals.isEmpty, whiteouts.isEmpty, opaque.isEmpty {
            // All that was added stays as it is.
            var order = positions.values.sorted { added[$0].path < added[$1].path }
            positions = [:]
            var entries: [Entry] = []
            swap(&entries, &added)
            guard order.count == entries.count else { return LayerContents(sorted: order.map { entries[$0] }) }
            entries.permute(&order)
            return LayerContents(sorted: entries)
        }
        var alive = removals.isEmpty ? positions : positions.filter { isAlive($0.value, $0.key) }
        var entries: [BytePath: Entry] = [:]
        entries.reserveCapacity(alive.count + whiteouts.count)
        var groups: [Int: [BytePath]] = [:]
        for (path, position) in alive {
            if let target = targets[position] { groups[target, default: []].append(path) }
            entries[path] = added[position]
        }
        // The first of a file's names that are left holds it; the name it came under may be gone.
        for (target, names) in groups {
            let file = added[target]
            let names = (alive[file.path] == target ? names + [file.path] : names).sorted()
            for name in names.dropFirst() {
                var entry = file.moved(to: name)
                HardlinkOrder.link(&entry, like: entry, to: names[0])
                entries[name] = entry
            }
            entries[names[0]] = file.moved(to: names[0])
        }
        alive = [:]
        if lower != nil { for (path, _) in entries { try imply(path.parent, &entries) } }
        try addMarks(to: &entries)
        // Entries are large: their positions are sorted instead.
        let unsorted = Array(entries.values)
        let order = unsorted.indices.sorted { unsorted[$0].path < unsorted[$1].path }
        return LayerContents(sorted: order.map { unsorted[$0] })
    }

    private func addMarks(to entries: inout [BytePath: Entry]) throws {
        for path in whiteouts where !isBelowLeaf(path, entries) {
            if entries[path] != nil || parents.contains(path) {
                try markOpaque(path, &entries)
            } else if try hidesSomething(path) {
                entries[path] = .whiteout(path)
                if lower != nil { try imply(path.parent, &entries) }
            }
        }
        for path in opaque where !isBelowLeaf(path, entries) { try markOpaque(path, &entries) }
    }

    /// Whether a whiteout is of use. One of nothing is worse than useless: overlayfs lists it as a file that cannot be
    /// opened when the directory is in no other layer.
    private func hidesSomething(_ path: BytePath) throws -> Bool {
        if isHiddenBelow(path.parent) || opaque.contains(path.parent) { return false }
        guard let lower else { return true }
        return try lower.lookup(path, followLinks: false) != nil
    }

    /// Whether a file or link took the place of a directory above: then there is nothing left to mark.
    private func isBelowLeaf(_ path: BytePath, _ entries: [BytePath: Entry]) -> Bool {
        var above = path
        while !above.isRoot {
            above = above.parent
            if entries[above]?.isLeaf == true { return true }
        }
        return false
    }

    /// Makes a directory opaque; anything else at the path hides what is below without a mark.
    private func markOpaque(_ path: BytePath, _ entries: inout [BytePath: Entry]) throws {
        if entries[path] == nil { try imply(path, &entries, always: true) }
        if entries[path]?.isDirectory == true { entries[path]?.kind = .directory(opaque: true) }
    }

    /// Adds directories that nothing was said of, as they are below, else 0755 and root's.
    private func imply(_ directory: BytePath, _ entries: inout [BytePath: Entry], always: Bool = false) throws {
        var path = directory
        while !path.isRoot, entries[path] == nil {
            var entry = Entry.directory(path)
            if !isHiddenBelow(path), let node = try lower?.lookup(path, followLinks: false), node.entry.isDirectory {
                entry = node.entry
                entry.kind = .directory(opaque: false)
            }
            entries[path] = entry
            if lower == nil { return }
            path = path.parent
        }
    }
}

extension [Entry] {
    /// Puts each element where it belongs, without room for a second array.
    /// - Parameter order: for each place the position of what comes there, each position once; of no use afterwards.
    fileprivate mutating func permute(_ order: inout [Int]) {
        for start in indices where order[start] != start {
            let first = self[start]
            var place = start
            while order[place] != start {
                let next = order[place]
                self[place] = self[next]
                order[place] = place
                place = next
            }
            self[place] = first
            order[place] = place
        }
    }
}

extension LayerContents {
    /// Makes explicit what a layer leaves unsaid, as unpacking it onto a tree would: parents that it does not mention
    /// become entries with the metadata that they have below (or 0755 and root's), paths through a symbolic link of the
    /// layers below move to where it leads, and whiteouts of nothing vanish.
    /// - Throws: ``LayerError/notADirectory(path:through:)`` and the like when the layer does not fit the tree.
    package func completed(over tree: FileTree) throws -> LayerContents {
        var assembler = LayerAssembler(over: tree)
        for entry in entries {
            let path = try assembler.place(entry.path)
            switch entry.kind {
            case .whiteout: try assembler.hide(path)
            case .hardlink(let target): _ = try assembler.link(entry.moved(to: path), to: assembler.place(target))
            case .directory(let isOpaque):
                if isOpaque { try assembler.hideContents(of: path) }
                var directory = entry.moved(to: path)
                directory.kind = .directory(opaque: false)
                try assembler.add(directory)
            default: try assembler.add(entry.moved(to: path))
            }
        }
        return try assembler.finish()
    }
}

extension Entry {
    /// The same under another path.
    func moved(to path: BytePath) -> Entry {
        var copy = self
        copy.path = path
        return copy
    }
}
