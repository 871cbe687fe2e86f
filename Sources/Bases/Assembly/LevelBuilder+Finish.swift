internal import Core
internal import Layers

extension LevelBuilder {
    /// The level as a layer, with all parents said, and what it came to.
    mutating func finish() throws -> (contents: LayerContents, report: LevelReport) {
        dropEmptiedDirectories()
        if try dropDanglingDocumentation() { dropEmptiedDirectories() }
        for (path, slot) in slots {
            guard case .package(let index) = slot.owner, !slot.entry.isDirectory else {
                known.owners[path] = nil
                continue
            }
            known.owners[path] = index
        }
        let contents = try LayerContents(entries()).completed(over: below)
        report.entries = contents.entries.count
        report.bytes = contents.entries.reduce(0) { $0 + $1.size }
        return (contents, report)
    }

    /// Directories that slices left nothing in. Those that are empty in the package stay.
    private mutating func dropEmptiedDirectories() {
        var children: [BytePath: Int] = [:]
        for path in slots.keys { children[path.parent, default: 0] += 1 }
        // What is below comes first.
        for path in thinned.sorted(by: >) {
            guard let slot = slots[path], slot.entry.isDirectory, slot.owner != .recipe, children[path] ?? 0 == 0
            else { continue }
            slots[path] = nil
            children[path.parent, default: 0] -= 1
        }
    }

    private static let documentation: BytePath = "usr/share/doc"

    /// A package may have its documentation in that of another: when slices left nothing there, the link goes as well.
    private mutating func dropDanglingDocumentation() throws -> Bool {
        var dropped = false
        for (path, slot) in slots where path.parent == Self.documentation {
            guard case .package = slot.owner, case .symlink(let target) = slot.entry.kind else { continue }
            let directory = UsrMerge.join(path.parent, target)
            guard thinned.contains(directory), try entry(at: directory) == nil else { continue }
            slots[path] = nil
            thinned.insert(Self.documentation)
            dropped = true
        }
        return dropped
    }

    /// All entries in path order; of the names of one file the first is the file.
    private func entries() -> [Entry] {
        var first: [Int: BytePath] = [:]
        return slots.values.sorted { $0.entry.path < $1.entry.path }.map { slot in
            guard let group = slot.linkGroup, !slot.entry.isDirectory else { return slot.entry }
            guard let file = first[group] else {
                first[group] = slot.entry.path
                return slot.entry
            }
            var entry = slot.entry
            entry.kind = .hardlink(target: file)
            entry.size = 0
            entry.content = .empty
            entry.attributes = []
            return entry
        }
    }
}
