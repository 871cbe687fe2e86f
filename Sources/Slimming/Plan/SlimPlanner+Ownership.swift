internal import Core
internal import ImageAnalysis
internal import Layers

/// What becomes whose, so that the program may write where it wrote.
extension SlimPlanner {
    /// Directories that must be there, or be another one's than root's, before the program writes.
    func addDirectories(_ plan: inout SlimPlan) throws {
        for path in written.sorted() {
            if plan.items.contains(where: { $0.isDirectory && path.isSameOrBelow($0.path) && path != $0.path }) {
                continue
            }
            guard let node = try image.tree.lookup(path), node.entry.isDirectory else { continue }
            var directory = SlimPlan.Directory(
                path: path, mode: node.entry.mode, uid: node.entry.uid, gid: node.entry.gid)
            if let newUser, !mayWrite(newUser, node.entry) {
                if mayGive(node) {
                    (directory.uid, directory.gid) = (newUser.uid, newUser.gid)
                } else {
                    plan.withheld.append(path)
                }
            }
            // As COPY makes it anyway.
            let copied = plan.items.first { $0.isDirectory && $0.path == path }
            let owner = copied?.owner ?? SlimPlan.Owner(uid: 0, gid: 0)
            if copied != nil, directory.mode == 0o755, directory.uid == owner.uid, directory.gid == owner.gid {
                continue
            }
            plan.directories.append(directory)
        }
    }

    /// Whether the new user could not write or read a part of it, and may.
    func needsOwner(_ item: SlimPlan.Item) throws -> Bool {
        guard let newUser, item.destination == nil else { return false }
        switch item.reason {
        case .data, .observed, .program: break
        case .libraries, .languageLibrary, .certificates, .timeZones, .accounts, .hostNames: return false
        }
        let nodes = item.isDirectory ? try image.tree.walk(below: item.path) : []
        let own = try image.tree.lookup(item.path)
        return ([own].compactMap { $0 } + nodes).contains { node in
            guard mayGive(node) else { return false }
            let isWritten = written.contains(node.path) || writtenFiles.contains(node.path)
            return isWritten && !mayWrite(newUser, node.entry) || !mayRead(newUser, node.entry)
        }
    }

    func mayWrite(_ user: SlimPlan.Owner, _ entry: Entry) -> Bool {
        user.uid == 0 || entry.mode & Self.bit(0o2, user, entry) != 0
    }

    private func mayRead(_ user: SlimPlan.Owner, _ entry: Entry) -> Bool {
        switch entry.kind {
        case .file: user.uid == 0 || entry.mode & Self.bit(0o4, user, entry) != 0
        case .directory: user.uid == 0 || entry.mode & Self.bit(0o1, user, entry) != 0
        default: true
        }
    }

    /// The bit of a right that counts for a user.
    private static func bit(_ right: UInt32, _ user: SlimPlan.Owner, _ entry: Entry) -> UInt32 {
        if entry.uid == user.uid { return right << 6 }
        return entry.gid == user.gid ? right << 3 : right
    }

    private static let system: Set<String> = [
        "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "proc", "root", "sbin", "sys", "usr",
    ]

    /// The project's own files, and places that are made to be written to. The rest is the system's and stays root's.
    private func mayGive(_ node: FileTree.Node) -> Bool {
        if ownLayers.contains(node.layer) { return true }
        let first = node.path.components.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return !first.isEmpty && !Self.system.contains(first)
    }
}
