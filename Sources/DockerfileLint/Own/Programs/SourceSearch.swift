/// Looks for texts in the sources of a build context.
struct SourceSearch {
    private let project: any LintProject

    private static let fileLimit = 300
    private static let nameLimit = 3_000
    private static let depthLimit = 6

    init?(_ file: LintFile) {
        guard let project = file.project else { return nil }
        self.project = project
    }

    /// The first file with this ending, in the order of names, whose content a closure wants.
    func first(ending: String, where wanted: ([UInt8]) -> Bool) -> String? {
        files(ending: ending).first { path in project.contents(of: path).map(wanted) ?? false }
    }

    private func files(ending: String) -> [String] {
        project.remembered("sources\0\(ending)") { search(ending) }
    }

    private func search(_ ending: String) -> [String] {
        var files: [String] = []
        var seen = 0
        var pending = [(path: "", depth: 0)]
        while let (directory, depth) = pending.popLast(), seen < Self.nameLimit, files.count < Self.fileLimit {
            for name in project.names(in: directory) ?? [] {
                seen += 1
                let path = directory.isEmpty ? name : "\(directory)/\(name)"
                if name.hasSuffix(ending) {
                    if !name.hasSuffix("_test" + ending) { files.append(path) }
                } else if depth < Self.depthLimit, !name.hasPrefix("."), !Self.isForeign(name), !name.contains("."),
                    project.names(in: path) != nil
                {
                    pending.append((path, depth + 1))
                }
            }
        }
        return Array(files.sorted().prefix(Self.fileLimit))
    }

    /// Holds what the program may not use.
    private static func isForeign(_ name: String) -> Bool {
        switch name {
        case "vendor", "node_modules", "testdata", "examples", "third_party", "target", "venv": true
        default: false
        }
    }
}
