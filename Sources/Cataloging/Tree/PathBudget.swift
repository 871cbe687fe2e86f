internal import Core

/// How many paths may be made of what a database says. Databases name directories once and files beside them, so a
/// small one could stand for more paths than fit into memory.
struct PathBudget {
    /// As much as Linux takes.
    static let pathLimit = 4096

    private var bytes = 64 << 20
    private var paths = 2_000_000
    /// Whether a path had to be left out.
    private(set) var isOver = false

    /// The path of a file in a directory; nil when it is too long or one too many.
    mutating func path(_ directory: some Collection<UInt8>, _ name: some Collection<UInt8>) -> BytePath? {
        let count = directory.count + name.count + 1
        guard count <= Self.pathLimit, bytes >= count, paths > 0 else {
            isOver = true
            return nil
        }
        bytes -= count
        paths -= 1
        return BytePath(cleaning: Array(directory) + [UInt8(ascii: "/")] + Array(name))
    }

    static let remark = "names more files than are looked at"
}
