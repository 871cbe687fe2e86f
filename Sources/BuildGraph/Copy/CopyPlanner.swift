import Core
private import DockerfileSyntax
package import Layers

/// Turns a COPY or ADD into the entries of a layer; nothing is copied.
///
/// The rules are those of BuildKit: a directory gives its contents, a link that is named as a source is followed and
/// one inside a directory is kept, a file goes into a destination that is or ends as a directory, missing parents are
/// made as 0755 (and get the new owner), existing directories keep what they are.
package struct CopyPlanner {
    private let operation: CopyOperation
    private let target: StackTree
    private var entries: [BytePath: Entry] = [:]
    /// Directories that the target does not have: below them nothing has to be looked for.
    private var fresh: Set<BytePath> = []
    private let unpacker: any ArchiveOpener

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
        for source in operation.sources {
            switch source {
            case .tree(let tree, let pattern, let span):
                let matches = try SourceMatcher(tree: tree, span: span).matches(pattern, parents: operation.parents)
                total += matches.count
                for match in matches {
                    try add(match, from: tree, to: destination, isDirectory: isDirectory, span: span)
                }
            case .file(let entry, let span):
                total += 1
                try addFile(entry, named: Array(entry.path.name), to: destination, isDirectory: isDirectory, span: span)
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
        return LayerContents(Array(entries.values))
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
                match.entry, named: Array(match.name.name), to: destination, isDirectory: isDirectory, span: span)
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
            try put(match.entry, at: end, span: span)
        }
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
            try put(entry, at: destination.appending(inside), span: span)
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
        _ entry: Entry, named name: [UInt8], to destination: BytePath, isDirectory: Bool, span: SourceSpan?
    ) throws {
        if try isDirectory || isExistingDirectory(destination) || entries[destination]?.isDirectory == true {
            try makeDirectory(destination, like: nil, span: span)
            try put(entry, at: destination.appending(name), span: span)
        } else {
            try put(entry, at: destination, span: span)
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
                if operation.owner != nil || operation.mode != nil, let file = archive.entry(at: link), file.isFile {
                    entry.kind = .file
                    (entry.size, entry.content) = (file.size, file.content)
                } else {
                    entry.kind = .hardlink(target: destination.appending(link))
                }
            }
            try put(entry, at: destination.appending(entry.path), span: span)
        }
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

    /// Sees to it that a directory is in the layer: a new one if there is none, else the existing one as it is.
    private mutating func makeDirectory(_ path: BytePath, like source: Entry?, span: SourceSpan?) throws {
        if path.isRoot { return }
        if let known = entries[path] {
            guard known.isDirectory else { throw CopyError.notDirectory(path, span) }
            return
        }
        try makeDirectory(path.parent, like: nil, span: span)
        if let existing = try existing(at: path) {
            guard existing.isDirectory else { throw CopyError.notDirectory(path, span) }
            entries[path] = plainDirectory(existing)
            return
        }
        fresh.insert(path)
        var entry = Entry.directory(path)
        if let source {
            entry = source
            entry.path = path
            entry.kind = .directory(opaque: false)
            entry.mode = operation.mode?.apply(to: source.mode, isDirectory: true) ?? source.mode
        }
        if let owner = operation.owner { (entry.uid, entry.gid) = (owner.uid, owner.gid) }
        entries[path] = entry
    }

    private func plainDirectory(_ entry: Entry) -> Entry {
        var copy = entry
        copy.kind = .directory(opaque: false)
        return copy
    }

    /// Puts an entry at a place, with the operation's owner and mode.
    private mutating func put(_ source: Entry, at path: BytePath, span: SourceSpan?) throws {
        if source.isDirectory {
            if let known = entries[path], !known.isDirectory { throw CopyError.directoryOverFile(path, span) }
            return try makeDirectory(path, like: source, span: span)
        }
        if path.isRoot { throw CopyError.notDirectory(path, span) }
        if entries[path]?.isDirectory == true { throw CopyError.directoryOverFile(path, span) }
        try makeDirectory(path.parent, like: nil, span: span)
        if try isExistingDirectory(path) {
            throw CopyError.directoryOverFile(path, span)
        }
        var entry = source
        entry.path = path
        if let owner = operation.owner { (entry.uid, entry.gid) = (owner.uid, owner.gid) }
        if let mode = operation.mode, entry.isFile { entry.mode = mode.apply(to: entry.mode, isDirectory: false) }
        entries[path] = entry
    }
}

/// Opens a file as an archive for ADD.
package protocol ArchiveOpener: Sendable {
    /// The archive's entries; nil when the file is no archive.
    func open(_ file: Entry) throws -> LayerContents?
}
