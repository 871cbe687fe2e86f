/// The files of a project as a value: their paths, and the text of those that detection looks into.
///
/// Paths are relative, with `/`, in order. What is generated or fetched (`node_modules`, `target`, …) is not in it.
package struct ProjectTree: Sendable {
    /// Every file, sorted.
    package let paths: [String]
    /// Directories that were passed over, with what makes them no source: `node_modules`, `.git`.
    package let passedOver: [String]
    /// Symbolic links of the project's own directory, which are not followed.
    package let links: [String]
    private let read: @Sendable (String) -> String?
    private let known: Set<String>

    /// - Parameter read: the text of a file; nil when it can't be read, is too large or no text.
    package init(
        paths: [String], passedOver: [String] = [], links: [String] = [], read: @escaping @Sendable (String) -> String?
    ) {
        self.paths = paths.sorted()
        self.passedOver = passedOver.sorted()
        self.links = links.sorted()
        self.read = read
        known = Set(paths)
    }

    /// A tree of texts by path.
    package init(_ files: [String: String], passedOver: [String] = []) {
        self.init(paths: Array(files.keys), passedOver: passedOver) { files[$0] }
    }

    package func has(_ path: String) -> Bool { known.contains(path) }

    package func text(_ path: String) -> String? { known.contains(path) ? read(path) : nil }

    /// The first of several paths that exists.
    package func first(_ candidates: String...) -> String? { candidates.first(where: known.contains) }

    /// The files that end in one of several suffixes.
    package func files(_ suffixes: String...) -> [String] {
        paths.filter { path in suffixes.contains { path.hasSuffix($0) } }
    }

    /// The files of the project's own directory.
    package var top: [String] { paths.filter { !$0.contains("/") } }

    /// Directory names that hold no sources of the project, wherever they are.
    package static let generated: Set<String> = [
        ".git", ".hg", ".svn", "node_modules", "target", ".build", ".venv", "venv", "__pycache__", ".tox",
        ".mypy_cache",
        ".pytest_cache", ".gradle", ".idea", ".vscode", "dist", ".next", ".swiftpm", "CMakeFiles", ".cache",
    ]
}
