/// Files of the project that its programs open by name when they run.
struct DataFiles {
    /// Files and directories with the line that names them.
    private(set) var found: [(path: String, place: TextPlace)] = []

    private static let calls = [
        "open(", "Open(", "fopen(", "ifstream", "ReadFile(", "ParseFiles(", "ParseGlob(", "http.Dir(", "DirFS(",
        "File::open(",
        "read_to_string(", "fs::read(", "FileManager", "contentsOfFile", "opendir(", "Path(", "FileReader(",
        "FileInputStream(",
    ]

    init(_ tree: ProjectTree, sources: [String]) {
        let known = Set(tree.paths)
        let directories = Set(tree.paths.flatMap(Self.parents))
        for path in sources {
            guard found.count < 20, let text = tree.text(path) else { continue }
            var number = 0
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                number += 1
                guard line.utf8.count < 2000, Self.calls.contains(where: { line.contains($0) }) else { continue }
                for word in Words.quoted(line) {
                    let name = word.hasPrefix("./") ? String(word.dropFirst(2)) : word
                    let plain = name.hasSuffix("/") ? String(name.dropLast()) : name
                    guard Words.isPlain(plain), known.contains(plain) || directories.contains(plain),
                        !sources.contains(plain),
                        !found.contains(where: { plain == $0.path || plain.hasPrefix($0.path + "/") })
                    else { continue }
                    found.append((plain, TextPlace(path: path, line: number)))
                }
            }
        }
        isDirectory = directories
    }

    private let isDirectory: Set<String>

    private static func parents(_ path: String) -> [String] {
        var out: [String] = []
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            out.append(String(rest))
        }
        return out
    }

    /// They go where the program's working directory is, under the names by which it opens them.
    func apply(to project: inout Project) {
        guard !found.isEmpty else { return }
        project.runtime.lines += ["WORKDIR /app"]
        for (path, place) in found {
            let target =
                isDirectory.contains(path)
                ? "./\(path)/" : Words.directory(path) == "." ? "./" : "./\(Words.directory(path))/"
            project.runtime.lines.append("COPY \(path) \(target)")
            project.conclude("data", path, "opened in \(place)")
        }
    }
}
