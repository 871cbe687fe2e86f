internal import Archive
internal import Core
private import Debian
private import HostOS
internal import Layers

extension LevelBuilder {
    /// Bytes of a recipe's file that is held in memory; larger ones stay where they are.
    private static let memoryLimit: Int64 = 1 << 20

    // MARK: Archives

    mutating func placeArchives() throws {
        for index in level.archives.indices { try placeArchive(index) }
    }

    private mutating func placeArchive(_ index: Int) throws {
        let (archive, contents) = level.archives[index]
        let entries = contents.entries.compactMap { entry in
            Self.strip(archive.strip, entry.path).map { (path: archive.destination.appending($0), entry: entry) }
        }
        guard !entries.isEmpty else { throw AssemblyError.emptyArchive(archive: archive.name, strip: archive.strip) }
        for (path, entry) in entries {
            if case .symlink(let target) = entry.kind, slots[path] == nil { announce(path, link: target) }
        }
        var groups: [BytePath: Int] = [:]
        for (_, entry) in entries {
            if case .hardlink(let target) = entry.kind, groups[target] == nil { groups[target] = newLinkGroup() }
        }
        for (path, original) in entries {
            var entry = original
            switch original.kind {
            case .hardlink(let target):
                guard let file = contents.entry(at: target), !file.isHardlink else {
                    throw LayerError.danglingHardlink(
                        path: original.path.description, target: target.description)
                }
                entry = file
            case .file, .directory, .symlink: break
            case .characterDevice, .blockDevice, .fifo, .whiteout:
                throw AssemblyError.archiveKind(path: original.path.description, archive: archive.name)
            }
            entry.path = try realPath(path)
            if entry.isDirectory { entry.path = try realDirectory(entry.path) }
            if entry.path.isRoot { continue }
            let group = if case .hardlink(let target) = original.kind { groups[target] } else { groups[original.path] }
            try place(Slot(entry: entry, owner: .archive(index), linkGroup: group))
        }
    }

    /// A path without its first components; nil when nothing is left.
    private static func strip(_ count: Int, _ path: BytePath) -> BytePath? {
        let rest = path.components.dropFirst(count)
        return rest.isEmpty ? nil : BytePath(normalized: Array(rest.joined(separator: [UInt8(ascii: "/")])))
    }

    // MARK: The recipe's own items

    mutating func placeRecipe() throws {
        for directory in level.recipe.directories { try place(directory) }
        for file in level.recipe.files {
            let (content, size) = try Self.content(file.content)
            let entry = Entry(
                file.path, .file, mode: file.mode, uid: file.owner.uid, gid: file.owner.gid, size: size,
                content: content)
            try put(entry, what: "file")
        }
        for link in level.recipe.symlinks { try put(.symlink(link.path, to: link.target), what: "link") }
    }

    /// Makes a directory, or gives one that is there the recipe's mode and owner.
    private mutating func place(_ directory: Recipe.Directory) throws {
        let real: BytePath
        do {
            real = try realDirectory(directory.path)
        } catch LayerError.notADirectory {
            throw AssemblyError.inTheWay(path: directory.path.description, what: "the directory")
        }
        if real.isRoot { return }
        let entry = Entry.directory(
            real, mode: directory.mode, uid: directory.owner.uid, gid: directory.owner.gid)
        set(Slot(entry: entry, owner: .recipe))
    }

    private static func content(_ content: Recipe.File.Content) throws -> (FileContent, size: Int64) {
        switch content {
        case .text(let text):
            let bytes = Array(text.utf8)
            return (bytes.isEmpty ? .empty : .bytes(bytes), Int64(bytes.count))
        case .local(let local):
            let file = try local.open()
            let size = try file.info().size
            if size == 0 { return (.empty, 0) }
            guard size <= memoryLimit else { return (.span(TarSpan(file: file, offset: 0, length: size)), size) }
            let bytes = try DescriptorSource(file).readAll(limit: Int(memoryLimit), what: local.path.description)
            return (bytes.isEmpty ? .empty : .bytes(bytes), Int64(bytes.count))
        }
    }

    // MARK: Status

    /// Writes down which packages are there, with the sums of those files that are.
    mutating func placeStatus() throws {
        for (index, package) in level.packages.enumerated() {
            let number = firstPackage + index
            try put(
                .file(PackageStatus.stanzaPath(package), bytes: PackageStatus.stanza(package)), what: "file")
            let sums = PackageStatus.md5sums(package) { original in
                guard let path = finalPaths[index][original] else { return nil }
                guard let slot = slots[path] else { return known.owners[path] == nil ? nil : path }
                return slot.owner == .package(number) || slot.sharers.contains(number) ? path : nil
            }
            if !sums.isEmpty { try put(.file(PackageStatus.md5sumsPath(package), bytes: sums), what: "file") }
        }
    }
}
