internal import Binaries
internal import Core
internal import Layers
internal import OCI

/// The files of an image as a kernel and a loader see them: by path, links followed, with the rights of one user.
/// Remembers what it looked up; made anew for each question, and used by one thread.
final class LinkTree {
    /// A file that is no directory, and what is known of it.
    struct File {
        /// The real one, after links.
        var path: BytePath
        var entry: Entry
        var facts: ContentFacts?
        /// Who it is, whatever the name: its layer and first name there.
        var identity: Identity
    }

    struct Identity: Hashable {
        var layer: Int
        var path: BytePath
    }

    private enum Item {
        case file(File)
        case directory(Entry)
        /// A device, a pipe, a link that leads nowhere or in circles.
        case other
    }

    /// How many names are remembered, so that an image that makes programs look for very much costs time alone.
    private static let memoryLimit = 1 << 16

    let image: AnalysedImage
    private(set) var user: ProcessUser
    private var items: [BytePath: Item?] = [:]
    private var passable: [BytePath: Bool] = [:]
    /// Paths by library name, from `/etc/ld.so.cache`.
    private(set) lazy var loaderCache = LoaderCache.paths(self)
    /// What `/etc/ld.so.conf` says where the cache is not known.
    private(set) lazy var configuredLibraryDirectories = LoaderCache.configuredDirectories(self)

    init(_ image: AnalysedImage) {
        self.image = image
        user = .unknown
        user = ProcessUser(image.config.config.user, self)
    }

    private func item(_ path: BytePath) -> Item? {
        if let known = items[path] { return known }
        let found = look(path)
        if items.count < Self.memoryLimit { items[path] = .some(found) }
        return found
    }

    private func look(_ path: BytePath) -> Item? {
        let node: FileTree.Node?
        do { node = try image.tree.lookup(path) } catch { return .other }
        guard let node else { return nil }
        switch node.entry.kind {
        case .directory: return .directory(node.entry)
        case .file: return .file(file(node))
        default: return .other
        }
    }

    func file(_ node: FileTree.Node) -> File {
        File(
            path: node.path, entry: node.entry, facts: image.facts(of: node),
            identity: Identity(layer: node.layer, path: node.hardlink ?? node.path))
    }

    /// The regular file at a path.
    func file(_ path: BytePath) -> File? { if case .file(let file) = item(path) { file } else { nil } }

    /// The directory at a path.
    func directory(_ path: BytePath) -> Entry? { if case .directory(let entry) = item(path) { entry } else { nil } }

    /// Whether there is anything at a path, be it a link that leads nowhere.
    func exists(_ path: BytePath) -> Bool { item(path) != nil }

    /// Whether a directory has anything in it.
    func hasEntries(_ directory: BytePath) -> Bool {
        guard let nodes = try? image.tree.list(directory) else { return false }
        return !nodes.isEmpty
    }

    /// The text of a file that was kept when its layer was read; nil when there is none or it was not kept.
    func text(_ path: BytePath) -> String? { file(path)?.facts?.captured.map { String(decoding: $0, as: UTF8.self) } }

    // MARK: - Rights

    /// Whether the user may run the file.
    func canExecute(_ file: File) -> Bool { isPassable(file.path.parent) && user.may(1, file.entry) }

    /// Whether the user may read the file.
    func canRead(_ file: File) -> Bool { isPassable(file.path.parent) && user.may(4, file.entry) }

    /// Whether the user may search a directory and all above it.
    private func isPassable(_ path: BytePath) -> Bool {
        if path.isRoot || user.mayAnything { return true }
        if let known = passable[path] { return known }
        let isOpen = isPassable(path.parent) && (directory(path).map { user.may(1, $0) } ?? true)
        if passable.count < Self.memoryLimit { passable[path] = isOpen }
        return isOpen
    }

    /// Whether the user may make files in a directory.
    func canWrite(_ path: BytePath) -> Bool {
        guard let entry = directory(path) else { return false }
        return isPassable(path.parent) && user.may(3, entry)
    }
}
