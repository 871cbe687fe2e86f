internal import Binaries
internal import Core
internal import Layers

/// Collects the files of a layer that exists as a description alone.
struct BaseFiles {
    private var entries: [Entry] = []
    private var facts: [BytePath: ContentFacts] = [:]

    mutating func directory(_ path: String, mode: UInt32 = 0o755, owner: UInt32 = 0) {
        entries.append(.directory(BytePath(cleaning: path), mode: mode, uid: owner, gid: owner))
    }

    mutating func link(_ path: String, to target: String) {
        entries.append(.symlink(BytePath(cleaning: path), to: target))
    }

    mutating func file(_ path: String, _ text: String = "") {
        var content = ContentFacts(kind: .text)
        content.captured = Array(text.utf8)
        add(Entry(BytePath(cleaning: path), .file, mode: 0o644), content)
    }

    mutating func library(_ path: String, _ binary: BinaryFacts) {
        var content = ContentFacts(kind: binary.isProgram ? .program : .sharedLibrary)
        content.binary = binary
        add(Entry(BytePath(cleaning: path), .file, mode: 0o755), content)
    }

    mutating func add(_ entry: Entry, _ content: ContentFacts?) {
        entries.append(entry)
        if let content { facts[entry.path] = content }
    }

    var layer: LayerFacts {
        let contents = LayerContents(entries)
        return LayerFacts(
            diffID: SHA256.digest(of: []), archiveSize: 0, contentBytes: 0, contents: contents,
            facts: contents.entries.map { facts[$0.path] })
    }
}
