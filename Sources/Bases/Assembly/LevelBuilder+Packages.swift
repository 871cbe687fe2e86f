internal import Archive
internal import Core
private import Debian
internal import Layers

extension LevelBuilder {
    /// Places the files of all packages, less what slices leave out.
    ///
    /// All links are known before the first file is placed, so that it does not matter in which order packages come: a
    /// directory of one package that is a link in another leads where the link does, as with dpkg.
    mutating func placePackages() throws {
        finalPaths = level.packages.map { _ in [:] }
        if level.packages.isEmpty, !level.recipe.moves.isEmpty {
            throw AssemblyError.moveOfNothing(level.recipe.moves[0].from.absolute)
        }
        if !level.packages.isEmpty { try linkMergedDirectories() }
        let moves = Moves(level.recipe.moves, merge)
        for package in level.packages {
            for entry in package.contents.entries {
                guard case .symlink(let target) = entry.kind, !isMergedLink(entry) else { continue }
                let path = moves.map(merge.map(entry.path))
                if slices.slice(of: path) == nil {
                    announce(path, link: merge.target(target, from: entry.path.parent, to: path.parent))
                }
            }
        }
        for index in level.packages.indices { try place(index, moves) }
        if let unused = moves.unused(level.packages.lazy.map(\.contents), merge) {
            throw AssemblyError.moveOfNothing(unused.absolute)
        }
        keepLinkedZones()
    }

    private mutating func place(_ index: Int, _ moves: Moves) throws {
        let contents = level.packages[index].contents
        var groups: [BytePath: Int] = [:]
        for entry in contents.entries {
            if case .hardlink(let target) = entry.kind, groups[target] == nil { groups[target] = newLinkGroup() }
        }
        for original in contents.entries where !isMergedLink(original) {
            var entry = original
            var group = groups[original.path]
            if case .hardlink(let target) = original.kind {
                // As a file of its own, so that it does not matter which of its names stay.
                guard let file = contents.entry(at: target), !file.isHardlink else {
                    throw LayerError.danglingHardlink(
                        path: original.path.description, target: target.description)
                }
                group = groups[target]
                entry = file
            }
            let path = moves.map(merge.map(original.path))
            entry.path = try realPath(path)
            if case .symlink(let target) = entry.kind {
                entry.kind = .symlink(
                    target: merge.target(target, from: original.path.parent, to: path.parent))
            }
            if entry.isDirectory, links[entry.path] != nil { entry.path = try realDirectory(entry.path) }
            collectCertificate(entry)
            if entry.path.isRoot { continue }
            if let slice = slices.slice(of: entry.path) {
                leaveOut(entry, slice)
                // It may be needed for what is kept below.
                if !entry.isDirectory { continue }
            }
            let slot = Slot(entry: entry, owner: .package(firstPackage + index), linkGroup: group)
            if try place(slot), !entry.isDirectory { finalPaths[index][original.path] = entry.path }
        }
    }

    /// What slices leave out: files count, directories go when nothing is left in them.
    private mutating func leaveOut(_ entry: Entry, _ slice: Int) {
        if entry.isDirectory {
            thinned.insert(entry.path)
        } else {
            report.sliced[slice].files += 1
            report.sliced[slice].bytes += entry.size
            if entry.path.isSameOrBelow(Self.zoneinfo) { slicedZones[entry.path] = entry }
        }
        var directory = entry.path.parent
        while !directory.isRoot, thinned.insert(directory).inserted { directory = directory.parent }
    }

    private mutating func collectCertificate(_ entry: Entry) {
        guard entry.isFile, entry.path.bytes.suffix(4).elementsEqual(".crt".utf8),
            let name = entry.path.relative(to: CertificateBundle.source)
        else { return }
        certificates.append((name, entry.content))
    }

    // MARK: Merged /usr

    /// Newer suites' base-files has the links itself.
    private func isMergedLink(_ entry: Entry) -> Bool {
        guard merge.isMerged, case .symlink(let target) = entry.kind, entry.path.parent.isRoot,
            UsrMerge.directory(of: entry.path) != nil
        else { return false }
        return BytePath(cleaning: target) == merge.map(entry.path)
    }

    /// Adds the links, and the directories that they lead to, unless a level below has them.
    private mutating func linkMergedDirectories() throws {
        guard merge.isMerged else { return }
        var wanted = UsrMerge.always
        for name in UsrMerge.onDemand {
            let plain = BytePath(cleaning: name)
            let merged = merge.map(plain)
            let isUsed = level.packages.contains { package in
                [plain, merged].contains { directory in
                    package.contents.index(of: directory) != nil || !package.contents.range(below: directory).isEmpty
                }
            }
            if isUsed { wanted.append(name) }
        }
        for name in wanted {
            let link = BytePath(cleaning: name)
            guard try entry(at: link) == nil else { continue }
            let directory = merge.map(link)
            if try entry(at: directory) == nil { set(Slot(entry: .directory(directory), owner: .recipe)) }
            set(Slot(entry: .symlink(link, to: directory.description), owner: .recipe))
        }
    }

    // MARK: Links to what was left out

    private static let zoneinfo: BytePath = "usr/share/zoneinfo"

    /// A time zone that is a link to one in a region that was left out gets the bytes itself.
    private mutating func keepLinkedZones() {
        if slicedZones.isEmpty { return }
        for (path, slot) in slots where path.isSameOrBelow(Self.zoneinfo) {
            guard var file = slicedZone(slot.entry) else { continue }
            file.path = path
            set(Slot(entry: file, owner: slot.owner, sharers: slot.sharers))
        }
    }

    /// The file that a link leads to through nothing but what was left out.
    private func slicedZone(_ link: Entry) -> Entry? {
        var at = link
        for _ in 0..<8 {
            guard case .symlink(let target) = at.kind else { return at.isFile ? at : nil }
            let directory = target.first == UInt8(ascii: "/") ? BytePath() : at.path.parent
            guard let next = slicedZones[UsrMerge.join(directory, target)] else { return nil }
            at = next
        }
        return nil
    }
}

/// Files of packages that get another name.
private struct Moves {
    private let moves: [(from: BytePath, to: BytePath)]

    init(_ moves: [Recipe.Move], _ merge: UsrMerge) {
        self.moves = moves.map { (merge.map($0.from), merge.map($0.to)) }
    }

    func map(_ path: BytePath) -> BytePath {
        for move in moves {
            if let rest = path.relative(to: move.from) { return move.to.appending(rest) }
        }
        return path
    }

    /// The source of a move that no package has.
    func unused(_ contents: some Sequence<LayerContents>, _ merge: UsrMerge) -> BytePath? {
        moves.first { move in
            // A file may be in the package under either name.
            let names = [move.from] + (UsrMerge.unmerged(move.from).map { [$0] } ?? [])
            return !contents.contains { contents in names.contains { contents.index(of: $0) != nil } }
        }?.from
    }
}
