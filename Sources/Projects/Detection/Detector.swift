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
        case .c: SourcesDetector.mainFile(tree)
        }
    }

    /// - Parameters:
    ///   - name: the directory's, for projects that say no name of their own.
    ///   - choices: what the person says.
    package static func detect(
        _ tree: ProjectTree, name: String, choices: Choices = Choices()
    ) throws(ProjectError) -> Project {
        let kinds = kinds(tree)
        guard let chosen = choices.kind ?? kinds.first else { throw .unknown(links: tree.links) }
        guard let marker = marker(of: chosen, tree) else { throw .notOfKind(chosen, found: kinds) }
        guard tree.text(marker) != nil else { throw .unreadable(marker) }
        let input = DetectionInput(tree: tree, name: name, marker: marker, choices: choices)
        var project =
            switch chosen {
            case .go: try GoDetector(input).project()
            case .make: try MakeDetector(input).project()
            case .cmake: try CMakeDetector(input).project()
            case .c: try SourcesDetector(input).project()
            case .swift: try SwiftDetector(input).project()
            case .rust: try RustDetector(input).project()
            case .maven: try MavenDetector(input).project()
            case .python: try PythonDetector(input).project()
            case .node: try NodeDetector(input).project()
            }
        let why = choices.kind == nil ? marker : "\(marker), \(choices.why("--kind"))"
        project.conclusions.insert(Conclusion("kind", chosen.title, why), at: 0)
        let others = kinds.filter { $0 != chosen && !belongs($0, to: chosen) }
        for other in others where choices.kind == nil {
            let shown = self.marker(of: other, tree) ?? ""
            project.remarks.append(
                "taken as \(chosen.title); \(shown) is there, too: --kind \(other.rawValue) takes the project as \(other.title)"
            )
        }
        try project.take(choices)
        if project.programs.count > 1 {
            project.remarks.append(
                "\(project.programs.count) programs: a stage each, built with --target; without it \(project.programs[0].name) is meant "
                    + "(--program chooses another)")
        }
        return project
    }

    /// Makefiles stand beside everything, and C sources beside what compiles them.
    private static func belongs(_ other: ProjectKind, to chosen: ProjectKind) -> Bool {
        other == .make || other == .c || (other == .cmake && chosen == .swift)
    }
}

/// What every detector works on.
struct DetectionInput {
    var tree: ProjectTree
    var name: String
    var marker: String
    var choices: Choices
    var images: ImageSource { choices.images ?? .assembled }
}

extension Project {
    /// Heeds what the person says where no detector does.
    fileprivate mutating func take(_ choices: Choices) throws(ProjectError) {
        if let program = choices.program { try choose(program) }
        if let name = choices.name {
            self.name = Words.safeName(name)
            conclude("name", self.name, choices.why("--name"))
        }
        if choices.health == .unasked {
            health = nil
            healthCommand = nil
            conclusions.removeAll { $0.about == "healthcheck" }
        }
        guard health == nil || port != nil else { throw .healthWithoutPort }
        if let builder = choices.builder { try replaceBuilder(builder, choices.why("--builder")) }
        if let base = choices.base { replaceBase(base, choices.why("--base")) }
    }

    /// Puts a program first.
    private mutating func choose(_ program: String) throws(ProjectError) {
        guard let index = programs.firstIndex(where: { $0.name == program }) else {
            throw .noProgram(program, known: programs.map(\.name))
        }
        programs.insert(programs.remove(at: index), at: 0)
    }

    private mutating func replaceBuilder(_ image: String, _ why: String) throws(ProjectError) {
        let old = build?.image
        guard let old = old ?? conclusions.first(where: { $0.about == "builder" })?.what else { throw .noBuilder }
        build?.image = image
        runtime.lines = runtime.lines.map { $0.replacing("--from=\(old) ", with: "--from=\(image) ") }
        drop(recipe: "build.yaml", of: "the builder")
        conclusions.removeAll { $0.about == "builder" }
        conclude("builder", image, why)
    }

    private mutating func replaceBase(_ image: String, _ why: String) {
        runtime.image = image
        drop(recipe: "runtime.yaml", of: "the base")
        conclusions.removeAll { $0.about == "base" }
        conclude("base", image, why)
    }

    private mutating func drop(recipe name: String, of what: String) {
        for recipe in recipes where recipe.name == name {
            remarks.append("\(what) must have what \(recipe.packages.joined(separator: ", ")) of Debian have")
        }
        recipes.removeAll { $0.name == name }
    }
}
