/// The build context beside a Dockerfile, for rules that look at more than the file.
package protocol LintProject: Sendable {
    /// The start of a file (at most 256 KiB), by its path from the context's root; nil when there is none.
    func contents(of path: String) -> [UInt8]?
    /// The names in a directory of the context (at most 10,000), sorted; `` is the root. Nil when there is none.
    func names(in directory: String) -> [String]?
    /// The ignore file that holds for this Dockerfile, and its name.
    var ignoreFile: (name: String, bytes: [UInt8])? { get }
    /// What was worked out about the context alone, kept for other Dockerfiles of the same context: the ignore file must
    /// be in the key where it matters. One key has one type of value.
    func remembered<Value: Sendable>(_ key: String, _ make: () -> Value) -> Value
}

extension LintProject {
    package func remembered<Value: Sendable>(_ key: String, _ make: () -> Value) -> Value { make() }
}

/// A context of a few files in memory.
package struct MemoryProject: LintProject {
    private let files: [String: [UInt8]]

    package init(_ files: [String: String]) { self.files = files.mapValues { Array($0.utf8) } }

    package func contents(of path: String) -> [UInt8]? { files[path] }

    package func names(in directory: String) -> [String]? {
        let prefix = directory.isEmpty ? "" : directory + "/"
        let names = files.keys.filter { $0.hasPrefix(prefix) }.map { path in
            String(path.dropFirst(prefix.count).prefix { $0 != "/" })
        }
        return names.isEmpty && !directory.isEmpty ? nil : Set(names).sorted()
    }

    package var ignoreFile: (name: String, bytes: [UInt8])? {
        files[".dockerignore"].map { (".dockerignore", $0) }
    }
}
