// https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties (User)
internal import Core
internal import Layers

/// Who a container's first process runs as.
struct ProcessUser: Sendable, Hashable {
    /// Nil when it is not known; then it may do what anyone may.
    private(set) var uid: UInt32?
    private(set) var gid: UInt32 = 0
    private(set) var groups: Set<UInt32> = []
    /// A name that `/etc/passwd` or `/etc/group` has no line for: then nothing starts.
    private(set) var missing: String?
    /// Whether `/etc/passwd` has a line for the user.
    private(set) var hasAccount = false

    static let unknown = ProcessUser()

    private init() {}

    /// - Parameter text: `user`, `uid`, `user:group` and so on; nil and nothing are root.
    init(_ text: String?, _ tree: LinkTree) {
        let parts = (text ?? "").split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first.flatMap { $0.isEmpty ? nil : $0 } ?? "0"
        let accounts = Self.lines("etc/passwd", tree)
        let account = accounts.lines.first { $0.count >= 4 && ($0[0] == name || $0[2] == name) }
        hasAccount = account != nil
        if let account {
            uid = UInt32(account[2])
            gid = UInt32(account[3]) ?? 0
        } else if let number = UInt32(name) {
            uid = number
        } else if accounts.isKnown {
            missing = name
        }
        let groupLines = Self.lines("etc/group", tree)
        guard parts.count > 1, !parts[1].isEmpty else {
            guard let account else { return }
            for line in groupLines.lines where line.count >= 4 {
                if line[3].split(separator: ",").contains(account[0][...]), let number = UInt32(line[2]) {
                    groups.insert(number)
                }
            }
            return
        }
        if let line = groupLines.lines.first(where: { $0.count >= 3 && ($0[0] == parts[1] || $0[2] == parts[1]) }) {
            gid = UInt32(line[2]) ?? 0
        } else if let number = UInt32(parts[1]) {
            gid = number
        } else if groupLines.isKnown {
            missing = missing ?? parts[1]
        }
    }

    /// The fields of each line; not known when there is a file whose bytes were not kept.
    private static func lines(_ path: BytePath, _ tree: LinkTree) -> (lines: [[String]], isKnown: Bool) {
        guard let text = tree.text(path) else { return ([], tree.file(path) == nil) }
        let lines = text.split(separator: "\n").map { line in
            line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }
        return (lines, true)
    }

    /// `uid:gid`, as a config may have it.
    var numeric: String? { uid.map { "\($0):\(gid)" } }

    /// Whether it reads and searches everything, as root does.
    var mayAnything: Bool { uid == 0 || uid == nil }

    /// Whether modes allow something.
    /// - Parameter bits: 4 to read, 2 to write, 1 to execute or search; several to do all of them.
    func may(_ bits: UInt32, _ entry: Entry) -> Bool {
        // Root, too, can't execute what nobody may.
        if mayAnything { return bits != 1 || entry.isDirectory || entry.mode & 0o111 != 0 }
        let shift: UInt32 = uid == entry.uid ? 6 : gid == entry.gid || groups.contains(entry.gid) ? 3 : 0
        return (entry.mode >> shift) & bits == bits
    }
}
