internal import Archive
internal import Core
internal import Layers

extension ImageDiff.FileChange {
    /// All paths that only one image has, or that differ. Time stamps are no difference.
    static func changes(_ before: AnalysedImage, _ after: AnalysedImage) throws -> [ImageDiff.FileChange] {
        let (old, new) = (try before.tree.nodes(), try after.tree.nodes())
        var changes: [ImageDiff.FileChange] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if right == new.count || left < old.count && old[left].path < new[right].path {
                let node = old[left]
                changes.append(
                    Self(
                        path: node.path, kind: .removed, aspects: [], bytesBefore: bytes(node), bytesAfter: 0,
                        before: ImageDiff.FileState(node.entry)))
                left += 1
            } else if left == old.count || new[right].path < old[left].path {
                let node = new[right]
                changes.append(
                    Self(
                        path: node.path, kind: .added, aspects: [], bytesBefore: 0, bytesAfter: bytes(node),
                        after: ImageDiff.FileState(node.entry)))
                right += 1
            } else {
                let (one, other) = (old[left], new[right])
                let aspects = aspects(one, before, other, after)
                if !aspects.isEmpty {
                    changes.append(
                        Self(
                            path: one.path, kind: .changed, aspects: aspects, bytesBefore: bytes(one),
                            bytesAfter: bytes(other), before: ImageDiff.FileState(one.entry),
                            after: ImageDiff.FileState(other.entry)))
                }
                left += 1
                right += 1
            }
        }
        return changes
    }

    private static func bytes(_ node: FileTree.Node) -> Int64 { node.entry.isFile ? node.entry.size : 0 }

    private static func aspects(
        _ one: FileTree.Node, _ before: AnalysedImage, _ other: FileTree.Node, _ after: AnalysedImage
    ) -> [Aspect] {
        let (a, b) = (one.entry, other.entry)
        var aspects: [Aspect] = []
        if ImageDiff.FileState.type(a.kind) != ImageDiff.FileState.type(b.kind) {
            aspects.append(.type)
        } else if a.isFile {
            let digest = before.facts(of: one)?.digest
            let isSame = a.size == b.size && (a.size == 0 || digest != nil && digest == after.facts(of: other)?.digest)
            if !isSame { aspects.append(.content) }
        } else if !a.isDirectory, a.kind != b.kind {
            aspects.append(.target)
        }
        // Links have no mode of their own.
        if !(a.isSymlink && b.isSymlink), a.mode != b.mode { aspects.append(.mode) }
        if a.uid != b.uid || a.gid != b.gid { aspects.append(.owner) }
        if a.attributes != b.attributes { aspects.append(.attributes) }
        return aspects
    }
}

extension ImageDiff.FileState {
    init(_ entry: Entry) {
        let target: [UInt8]? =
            switch entry.kind {
            case .symlink(let target): target
            case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
                Array("\(major):\(minor)".utf8)
            case .file, .hardlink, .directory, .fifo, .whiteout: nil
            }
        self.init(
            type: Self.type(entry.kind), mode: entry.mode, uid: entry.uid, gid: entry.gid,
            attributes: entry.attributes, target: target)
    }

    static func type(_ kind: Entry.Kind) -> FileType {
        switch kind {
        case .file, .hardlink: .file
        case .directory: .directory
        case .symlink: .link
        case .characterDevice: .characterDevice
        case .blockDevice: .blockDevice
        case .fifo: .pipe
        case .whiteout: .whiteout
        }
    }
}
