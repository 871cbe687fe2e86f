/// Finds out what a project is.
package enum Detector {
    /// What could be told of a project: kinds in the order in which they are preferred.
    package static func kinds(_ tree: ProjectTree) -> [ProjectKind] {
        ProjectKind.allCases.filter { marker(of: $0, tree) != nil }
    }

    /// The file that shows a kind.
    package static func marker(of kind: ProjectKind, _ tree: ProjectTree) -> String? {
        switch kind {
        case .go: tree.first("go.mod", "go.work")
        case .swift: tree.first("Package.swift")
        case .rust: tree.first("Cargo.toml")
        case .maven: tree.first("pom.xml")
        case .python:
            tree.first("pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile")
                ?? tree.top.first { $0.hasSuffix(".py") }
        case .node: tree.first("package.json")
        case .cmake: tree.first("CMakeLists.txt")
        case .make: tree.first("Makefile", "GNUmakefile", "makefile")
        }
    }

    /// - Parameters:
    ///   - name: the directory's, for projects that say no name of their own.
    ///   - kind: nil takes the first that fits.
    ///   - program: the one that the image is for, of several.
    package static func detect(
        _ tree: ProjectTree, name: String, kind: ProjectKind? = nil, program: String? = nil,
        images: ImageSource = .assembled
    ) throws(ProjectError) -> Project {
        let kinds = kinds(tree)
        guard let chosen = kind ?? kinds.first else { throw .unknown }
        guard let marker = marker(of: chosen, tree) else { throw .notOfKind(chosen, found: kinds) }
        let input = DetectionInput(tree: tree, name: name, marker: marker, images: images)
        var project =
            switch chosen {
            case .go: try GoDetector(input).project()
            case .make: try MakeDetector(input).project()
            case .cmake: try CMakeDetector(input).project()
            case .swift: try SwiftDetector(input).project()
            case .rust: try RustDetector(input).project()
            case .maven: try MavenDetector(input).project()
            case .python: try PythonDetector(input).project()
            case .node: try NodeDetector(input).project()
            }
        project.conclusions.insert(Conclusion("kind", chosen.title, marker), at: 0)
        let others = kinds.filter { $0 != chosen && !belongs($0, to: chosen) }
        if !others.isEmpty {
            let names = others.compactMap { self.marker(of: $0, tree) }.joined(separator: ", ")
            project.remarks.append(
                "there is also \(names): --kind chooses another (\(others.map(\.rawValue).joined(separator: ", ")))")
        }
        if let program { try project.choose(program) }
        return project
    }

    /// Makefiles stand beside everything.
    private static func belongs(_ other: ProjectKind, to chosen: ProjectKind) -> Bool {
        other == .make || (other == .cmake && chosen == .swift)
    }
}

/// What every detector works on.
struct DetectionInput {
    var tree: ProjectTree
    var name: String
    var marker: String
    var images: ImageSource
}

extension Project {
    /// Puts a program first.
    mutating func choose(_ program: String) throws(ProjectError) {
        guard let index = programs.firstIndex(where: { $0.name == program }) else {
            throw .noProgram(program, known: programs.map(\.name))
        }
        programs.insert(programs.remove(at: index), at: 0)
    }
}
