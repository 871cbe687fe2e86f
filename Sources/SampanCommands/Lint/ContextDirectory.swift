import Core
import Glibc
import HostOS
import Synchronization

/// The build contexts of a run: Dockerfiles of one context read it once.
final class ContextDirectories: Sendable {
    private let known = Mutex<[String: ContextDirectory]>([:])

    subscript(directory: String) -> ContextDirectory {
        known.withLock { known in
            if let context = known[directory] { return context }
            let context = ContextDirectory(directory)
            known[directory] = context
            return context
        }
    }
}

/// A directory whose files and lists are read at most once, and never through a link that leads out of it.
final class ContextDirectory: Sendable {
    private struct State {
        var root: FileDescriptor?
        var isOpened = false
        /// The names in a directory, and those of them that are files; nil for what is no directory.
        var listings: [String: Listing?] = [:]
        var contents: [String: [UInt8]?] = [:]
        var contentBytes = 0
        var memory: [String: any Sendable] = [:]
    }

    private struct Listing {
        var names: [String]
        var files: Set<String>
    }

    private let directory: String
    private let state = Mutex(State())
    private static let contentLimit = 256 << 10
    private static let nameLimit = 10_000
    /// Bytes of files that are kept.
    private static let keptLimit = 64 << 20

    init(_ directory: String) { self.directory = directory }

    func names(in directory: String) -> [String]? {
        state.withLock { state in
            if let known = state.listings[directory] { return known?.names }
            // The list of the directory around it tells files from directories without opening each.
            if let slash = directory.lastIndex(of: "/") {
                let parent = state.listings[String(directory[..<slash])] ?? nil
                if parent?.files.contains(String(directory[directory.index(after: slash)...])) == true { return nil }
            } else if !directory.isEmpty, (state.listings[""] ?? nil)?.files.contains(directory) == true {
                return nil
            }
            let listing = Self.list(open(directory, O_RDONLY | O_DIRECTORY | O_NONBLOCK, &state))
            state.listings.updateValue(listing, forKey: directory)
            return listing?.names
        }
    }

    func contents(of path: String) -> [UInt8]? {
        state.withLock { state in
            if let known = state.contents[path] { return known }
            let bytes = Self.read(open(path, O_RDONLY | O_NONBLOCK, &state))
            state.contentBytes += path.utf8.count + (bytes?.count ?? 0)
            if state.contentBytes <= Self.keptLimit { state.contents.updateValue(bytes, forKey: path) }
            return bytes
        }
    }

    /// Whether something is there.
    func has(_ path: String) -> Bool {
        state.withLock { state in open(path, O_RDONLY | O_NONBLOCK, &state) != nil }
    }

    func remembered<Value: Sendable>(_ key: String, _ make: () -> Value) -> Value {
        if let known = state.withLock({ $0.memory[key] }) as? Value { return known }
        // Made without the lock, as making asks for names and contents.
        let value = make()
        state.withLock { $0.memory[key] = value }
        return value
    }

    private func open(_ path: String, _ flags: Int32, _ state: inout State) -> FileDescriptor? {
        if !state.isOpened {
            state.isOpened = true
            state.root = try? FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY)
        }
        guard let root = state.root else { return nil }
        return try? FileDescriptor.open(beneath: root, BytePath(cleaning: path), flags)
    }

    private static func list(_ directory: FileDescriptor?) -> Listing? {
        guard let directory, let names = try? Directory.names(directory) else { return nil }
        var listing = Listing(names: [], files: [])
        for name in names.prefix(nameLimit) {
            let text = String(decoding: name, as: UTF8.self)
            listing.names.append(text)
            let info = (name + [0]).withUnsafeBytes { bytes in
                bytes.baseAddress.flatMap { start in
                    try? FileInfo.of(start.assumingMemoryBound(to: CChar.self), at: directory)
                }
            }
            if info?.kind == .file { listing.files.insert(text) }
        }
        return listing
    }

    /// The start of a file.
    private static func read(_ file: FileDescriptor?) -> [UInt8]? {
        guard let file, (try? file.info())?.kind == .file else { return nil }
        var out: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while out.count < contentLimit {
            guard let count = try? file.read(into: buffer) else { return nil }
            if count == 0 { break }
            out.append(contentsOf: buffer[..<min(count, contentLimit - out.count)])
        }
        return out
    }
}
