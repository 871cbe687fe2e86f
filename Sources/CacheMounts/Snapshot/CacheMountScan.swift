internal import Core
internal import HostOS
internal import Layers

/// A cache mount as a snapshot finds it.
struct CacheMountScan {
    private let root: FileInfo
    /// All that an archive can hold.
    let entries: [Entry]
    /// What no archive holds: devices, pipes, programs that run as their owner.
    let leftOut: Int
    /// The files that have content, by their place in ``entries``.
    let files: [Int: HostFile]
    /// What they hold; a file that changed meanwhile has none.
    var digests: [Int: Digest] = [:]

    init(_ directory: HostDirectory, _ limits: CacheMountLimits) throws {
        root = try directory.descriptor.info()
        let all = try LayerScanner.scanLayer(directory, overlay: .none, skipsVanished: true).entries
        guard all.count <= limits.entries else {
            throw CacheMountError.tooLarge(what: "files", limit: Int64(limits.entries))
        }
        entries = all.filter(Self.isKept)
        leftOut = all.count - entries.count
        var files: [Int: HostFile] = [:]
        for (number, entry) in entries.enumerated() {
            if case .file(let file) = entry.content, entry.isFile { files[number] = file }
        }
        self.files = files
    }

    private static func isKept(_ entry: Entry) -> Bool {
        switch entry.kind {
        case .file, .hardlink: entry.mode & 0o6000 == 0
        case .directory: entry.mode & 0o4000 == 0
        case .symlink: true
        default: false
        }
    }

    /// The distinct contents, in the order of the first file that has each.
    var contents: [PackPlan.Source] {
        var seen: Set<Digest> = []
        var out: [PackPlan.Source] = []
        for number in entries.indices {
            guard let digest = digests[number], let file = files[number], seen.insert(digest).inserted else { continue }
            out.append(PackPlan.Source(digest: digest, file: file))
        }
        return out
    }

    /// The index, once the packs are known. Files whose content didn't make it into a pack are not in it, nor are packs
    /// that nothing refers to.
    func index(_ plan: PackPlan, _ written: [PackWriter.Written]) -> CacheMountIndex {
        var packOf = plan.kept.places
        var packs = plan.kept.packs
        for result in written {
            guard let pack = result.pack else { continue }
            for digest in result.contents { packOf[digest] = packs.count }
            packs.append(pack)
        }
        var sizes: [Digest: Int64] = [:]
        for (number, file) in files {
            if let digest = digests[number], packOf[digest] != nil { sizes[digest] = file.info.size }
        }
        let used = Set(sizes.keys.compactMap { packOf[$0] }).sorted()
        let renumbered = Dictionary(uniqueKeysWithValues: zip(used, used.indices))
        let contents = sizes.keys.sorted().compactMap { digest in
            packOf[digest].flatMap { renumbered[$0] }.map {
                CacheMountIndex.Content(digest: digest, size: sizes[digest] ?? 0, pack: $0)
            }
        }
        let places = Dictionary(uniqueKeysWithValues: zip(contents.map(\.digest), contents.indices))
        return CacheMountIndex(
            root: Self.metadata(root), packs: used.map { packs[$0] }, contents: contents, entries: indexed(places))
    }

    private func indexed(_ places: [Digest: Int]) -> [CacheMountIndex.Entry] {
        var present: Set<BytePath> = []
        var out: [CacheMountIndex.Entry] = []
        out.reserveCapacity(entries.count)
        for (number, entry) in entries.enumerated() {
            let kind: CacheMountIndex.Kind
            switch entry.kind {
            case .file where files[number] == nil: kind = .file(content: nil)
            case .file:
                guard let place = digests[number].flatMap({ places[$0] }) else { continue }
                kind = .file(content: place)
            case .symlink(let target): kind = .symlink(target: target)
            case .hardlink(let target):
                guard present.contains(target) else { continue }
                kind = .hardlink(target: target)
            default: kind = .directory
            }
            if case .file = kind { present.insert(entry.path) }
            out.append(.init(entry.path, kind, Self.metadata(entry)))
        }
        return out
    }

    private static func metadata(_ entry: Entry) -> CacheMountIndex.Metadata {
        .init(mode: entry.mode, uid: entry.uid, gid: entry.gid, modified: entry.modified)
    }

    private static func metadata(_ info: FileInfo) -> CacheMountIndex.Metadata {
        .init(mode: info.mode & 0o3777, uid: info.uid, gid: info.gid, modified: info.modified)
    }
}
