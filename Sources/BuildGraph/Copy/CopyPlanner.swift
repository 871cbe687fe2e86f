import Core
private import DockerfileSyntax
package import Layers

/// Turns a COPY or ADD into the entries of a layer; nothing is copied.
///
/// The rules are those of BuildKit: a directory gives its contents, a link that is named as a source is followed and
/// one inside a directory is kept, a file goes into a destination that is or ends as a directory, missing parents are
/// made as 0755 (and get the new owner). An existing directory keeps what it is when it is the destination or above it,
/// and becomes what the source's directory of that name is when it is below. Of an archive the entries take the place of
/// whatever is there.
package struct CopyPlanner {
    private let operation: CopyOperation
    private let target: StackTree
    private var entries: [BytePath: Entry] = [:]
    /// Directories that the target does not have: below them nothing has to be looked for.
    private var fresh: Set<BytePath> = []
    private let unpacker: any ArchiveOpener
    /// Which of the entries are names of one file in the source: they become hard links.
    private var shared: [BytePath: SharedFile] = [:]
    /// The number of the source that is being copied.
    private var current = 0

    private struct SharedFile: Hashable {
        var source: Int
        var name: StackTree.FileName
    }

    /// - Parameters:
    ///   - target: the tree that is copied into.
    ///   - unpacker: opens local archives for ADD.
    package init(_ operation: CopyOperation, into target: StackTree, unpacker: any ArchiveOpener) {
        self.operation = operation
        self.target = target
        self.unpacker = unpacker
    }

    /// The layer: every entry that the instruction makes, and the existing directories above them.
    package mutating func plan() throws -> LayerContents {
        let text = operation.destination
        let absolute = text.hasPrefix("/") ? text : operation.workdir + "/" + text
        let isDirectory =
            text.isEmpty || text.hasSuffix("/") || text == "." || text.hasSuffix("/.") || text == ".."
            || text.hasSuffix("/..")
        let destination = try target.resolve(BytePath(cleaning: absolute))
        var total = 0
        for (index, source) in operation.sources.enumerated() {
            current = index
            switch source {
            case .tree(let tree, let pattern, let span):
                let matches = try SourceMatcher(tree: tree, span: span).matches(pattern, parents: operation.parents)
                total += matches.count
                for match in matches {
                    try add(match, from: tree, to: destination, isDirectory: isDirectory, span: span)
                }
            case .file(let entry, let span):
                total += 1
                try addFile(
                    entry, sharing: nil, named: Array(entry.path.name), to: destination, isDirectory: isDirectory,
                    span: span)
            case .contents(let contents):
                total += 1
                try makeDirectory(destination, like: nil, span: operation.span)
                for entry in contents.entries {
                    try put(entry, at: destination.appending(entry.path), span: operation.span)
                }
            }
        }
        if total > 1, !isDirectory, try !isExistingDirectory(destination), entries[destination]?.isDirectory != true {
            throw CopyError.manyIntoFile(text, operation.span)
        }
        linkSharedFiles()
        return LayerContents(Array(entries.values))
    }

    /// Makes hard links of the names that were names of one file in the source, and still are in the layer.
    private mutating func linkSharedFiles() {
        for paths in Dictionary(grouping: shared.keys, by: { shared[$0] }).values where paths.count > 1 {
            guard let first = paths.min() else { continue }
            for path in paths where path != first { entries[path]?.kind = .hardlink(target: first) }
        }
    }

    // MARK: - Sources

    private mutating func add(
        _ match: SourceMatcher.Match, from tree: StackTree, to destination: BytePath, isDirectory: Bool,
        span: SourceSpan?
    ) throws {
        if operation.parents {
            return try addWithParents(match, from: tree, to: destination, span: span)
        }
        guard match.entry.isDirectory else {
            if excluded(match.name, isDirectory: false) { return }
            if operation.unpack, match.entry.isFile, let archive = try unpacker.open(match.entry) {
                try makeDirectory(destination, like: nil, span: span)
                return try unpack(archive, from: match.entry.path, to: destination, span: span)
            }
            return try addFile(
                match.entry, sharing: try sharing(match.entry, tree), named: Array(match.name.name), to: destination,
                isDirectory: isDirectory, span: span)
        }
        try makeDirectory(destination, like: nil, span: span)
        try addContents(of: match.entry.path, from: tree, to: destination, relativeTo: match.entry.path, span: span)
    }

    private mutating func addWithParents(
        _ match: SourceMatcher.Match, from tree: StackTree, to destination: BytePath, span: SourceSpan?
    ) throws {
        // The part of the path behind the pivot is made again below the destination, with its directories' metadata.
        let relative = match.name.relative(to: match.pivot) ?? match.name
        var source = match.pivot
        var place = destination
        try makeDirectory(destination, like: nil, span: span)
        for component in relative.components.dropLast() {
            source = source.appending(component)
            place = place.appending(component)
            try makeDirectory(place, like: try tree.entry(at: tree.resolve(source)), span: span)
        }
        let end = destination.appending(relative)
        if match.entry.isDirectory {
            try makeDirectory(end, like: match.entry, span: span)
            try addContents(of: match.entry.path, from: tree, to: end, relativeTo: match.pivot, span: span)
        } else if !excluded(relative, isDirectory: false) {
            try put(match.entry, sharing: sharing(match.entry, tree), at: end, span: span)
        }
    }

    private func sharing(_ entry: Entry, _ tree: StackTree) throws -> SharedFile? {
        try tree.sharedName(of: entry).map { SharedFile(source: current, name: $0) }
    }

    private mutating func addContents(
        of directory: BytePath, from tree: StackTree, to destination: BytePath, relativeTo root: BytePath,
        span: SourceSpan?
    ) throws {
        let excludes = operation.excludes
        for entry in try tree.walk(below: directory) {
            guard let inside = entry.path.relative(to: directory) else { continue }
            if let excludes, excludes.excludes(entry.path.relative(to: root) ?? inside) {
                continue
            }
            // An excluded directory with a re-included file below it is made for that file's sake.
            if excludes != nil {
                try makeParents(of: destination.appending(inside), source: tree, directory, inside, span)
            }
            try put(entry, sharing: sharing(entry, tree), at: destination.appending(inside), span: span)
        }
    }

    private mutating func makeParents(
        of path: BytePath, source: StackTree, _ directory: BytePath, _ inside: BytePath, _ span: SourceSpan?
    ) throws {
        var missing: [(BytePath, BytePath)] = []
        var place = path.parent
        var from = directory.appending(inside.parent)
        while entries[place] == nil, place != path, from != directory, !place.isRoot {
            missing.append((place, from))
            place = place.parent
            from = from.parent
        }
        for (place, from) in missing.reversed() {
            try makeDirectory(place, like: try source.entry(at: from), span: span)
        }
    }

    private mutating func addFile(
        _ entry: Entry, sharing: SharedFile?, named name: [UInt8], to destination: BytePath, isDirectory: Bool,
        span: SourceSpan?
    ) throws {
        if try isDirectory || isExistingDirectory(destination) || entries[destination]?.isDirectory == true {
            try makeDirectory(destination, like: nil, span: span)
            try put(entry, sharing: sharing, at: destination.appending(name), span: span)
        } else {
            try put(entry, sharing: sharing, at: destination, span: span)
        }
    }

    private mutating func unpack(
        _ archive: LayerContents, from path: BytePath, to destination: BytePath, span: SourceSpan?
    )
        throws
    {
        for entry in archive.entries {
            guard !entry.isWhiteout else {
                throw CopyError.archive(path, reason: "it holds a whiteout at '\(entry.path.absolute)'", span)
            }
            var entry = entry
            if case .hardlink(let link) = entry.kind {
                entry.kind = .hardlink(target: try unpackedPlace(destination.appending(link)))
            }
            try putUnpacked(entry, at: unpackedPlace(destination.appending(entry.path)), span: span)
        }
    }

    /// Where an archive's entry goes: links in its parents that the target has are followed, the last part is not.
    private func unpackedPlace(_ path: BytePath) throws -> BytePath {
        var place = BytePath()
        for component in path.parent.components {
            place = place.appending(component)
            if entries[place] == nil, try existing(at: place)?.isSymlink == true { place = try target.resolve(place) }
        }
        return place.appending(path.name)
    }

    /// Puts an archive's entry in the place of whatever is there; a directory joins one that is there.
    private mutating func putUnpacked(_ source: Entry, at path: BytePath, span: SourceSpan?) throws {
        try makeDirectory(path.parent, like: nil, span: span)
        let before = try entries[path] ?? existing(at: path)
        guard source.isDirectory else {
            if entries[path]?.isDirectory == true {
                for below in entries.keys where below.isSameOrBelow(path) {
                    (entries[below], shared[below]) = (nil, nil)
                }
            }
            if before?.isDirectory != true { return try put(source, at: path, span: span) }
            return entries[path] = withOwnerAndMode(source, at: path)
        }
        var directory = withOwnerAndMode(source, at: path)
        // A file of an earlier archive hid a directory of the target; it stays hidden.
        let hides = try entries[path]?.isDirectory == false && existing(at: path)?.isDirectory == true
        directory.kind = .directory(opaque: hides)
        if before?.isDirectory != true { fresh.insert(path) }
        (entries[path], shared[path]) = (directory, nil)
    }

    private func excluded(_ path: BytePath, isDirectory: Bool) -> Bool {
        operation.excludes?.excludes(path) ?? false
    }

    // MARK: - Destination

    private func isExistingDirectory(_ path: BytePath) throws -> Bool {
        try existing(at: path)?.isDirectory ?? false
    }

    private func existing(at path: BytePath) throws -> Entry? {
        fresh.contains(path.parent) ? nil : try target.entry(at: path)
    }

    /// Sees to it that a directory is in the layer: a new one if there is none, else the existing one.
    ///
    /// - Parameter replacing: whether an existing directory gets the source's metadata, else it stays as it is.
    private mutating func makeDirectory(
        _ path: BytePath, like source: Entry?, replacing: Bool = false, span: SourceSpan?
    ) throws {
        if path.isRoot { return }
        let described = source.map { plainDirectory(withOwnerAndMode($0, at: path)) }
        if let known = entries[path] {
            guard known.isDirectory else { throw CopyError.notDirectory(path, span) }
            if replacing, let described { entries[path] = described }
            return
        }
        try makeDirectory(path.parent, like: nil, span: span)
        if let existing = try existing(at: path) {
            guard existing.isDirectory else { throw CopyError.notDirectory(path, span) }
            entries[path] = plainDirectory(existing)
            if replacing, let described { entries[path] = described }
            return
        }
        fresh.insert(path)
        var entry = Entry.directory(path)
        if let owner = operation.owner { (entry.uid, entry.gid) = (owner.uid, owner.gid) }
        entries[path] = described ?? entry
    }

    /// The entry as it is to be in the layer.
    private func withOwnerAndMode(_ source: Entry, at path: BytePath) -> Entry {
        var entry = source
        entry.path = path
        if let owner = operation.owner { (entry.uid, entry.gid) = (owner.uid, owner.gid) }
        if let mode = operation.mode, entry.isFile || entry.isDirectory {
            entry.mode = mode.apply(to: entry.mode, isDirectory: entry.isDirectory)
        }
        return entry
    }

    private func plainDirectory(_ entry: Entry) -> Entry {
        var copy = entry
        copy.kind = .directory(opaque: false)
        return copy
    }

    /// Puts an entry at a place, with the operation's owner and mode.
    ///
    /// - Parameter sharing: what is the same for all names of one file.
    private mutating func put(_ source: Entry, sharing: SharedFile? = nil, at path: BytePath, span: SourceSpan?) throws
    {
        if source.isDirectory {
            if let known = entries[path], !known.isDirectory { throw CopyError.directoryOverFile(path, span) }
            return try makeDirectory(path, like: source, replacing: !operation.parents, span: span)
        }
        if path.isRoot { throw CopyError.notDirectory(path, span) }
        if entries[path]?.isDirectory == true { throw CopyError.directoryOverFile(path, span) }
        try makeDirectory(path.parent, like: nil, span: span)
        if try isExistingDirectory(path) {
            throw CopyError.directoryOverFile(path, span)
        }
        entries[path] = withOwnerAndMode(source, at: path)
        shared[path] = sharing
    }
}

/// Opens a file as an archive for ADD.
package protocol ArchiveOpener: Sendable {
    /// The archive's entries; nil when the file is no archive.
    func open(_ file: Entry) throws -> LayerContents?
}
