/// What a project is written in, and with which tool it is built.
package enum ProjectKind: String, Sendable, CaseIterable {
    case go, swift, rust, maven, python, node, cmake, make, c

    package var title: String {
        switch self {
        case .go: "Go"
        case .swift: "Swift"
        case .rust: "Rust"
        case .maven: "Java (Maven)"
        case .python: "Python"
        case .node: "Node"
        case .cmake: "C/C++ (CMake)"
        case .make: "C/C++ (Make)"
        case .c: "C/C++ (sources alone)"
        }
    }

    /// The kind that a word means: its name, or what people call it.
    package init?(word: String) { self.init(rawValue: word == "java" ? "maven" : word) }

    /// What is not there when a project is not of the kind.
    var missing: String {
        switch self {
        case .go: "no go.mod or go.work"
        case .swift: "no Package.swift"
        case .rust: "no Cargo.toml"
        case .maven: "no pom.xml"
        case .python: "no pyproject.toml, requirements.txt, setup.py, setup.cfg or Pipfile, and no file .py"
        case .node: "no package.json"
        case .cmake: "no CMakeLists.txt"
        case .make: "no Makefile"
        case .c: "no C or C++ file with a function main(), neither here nor in src"
        }
    }
}

/// Something that was found out, and how.
package struct Conclusion: Sendable, Equatable {
    /// A word: `program`, `port`.
    package var about: String
    package var what: String
    package var why: String

    package init(_ about: String, _ what: String, _ why: String) {
        self.about = about
        self.what = what
        self.why = why
    }
}

/// A stage of the Dockerfile.
package struct StagePlan: Sendable, Equatable {
    /// What stands behind FROM.
    package var image: String
    /// The lines of the stage, comments among them.
    package var lines: [String]

    package init(image: String, lines: [String] = []) {
        self.image = image
        self.lines = lines
    }
}

/// A program that an image is made for.
package struct ProgramPlan: Sendable, Equatable {
    /// Of the program and of its stage.
    package var name: String
    /// The COPY lines, from least to most often changed.
    package var copies: [String]
    package var entrypoint: [String]
    package var command: [String]

    package init(name: String, copies: [String], entrypoint: [String], command: [String] = []) {
        self.name = name
        self.copies = copies
        self.entrypoint = entrypoint
        self.command = command
    }
}

/// A recipe for a base of the project's own, which the Dockerfile names.
package struct RecipePlan: Sendable, Equatable {
    /// `build.yaml`
    package var name: String
    package var extends: String
    package var packages: [String]
    package var why: String
}

/// What is known of a project, and what follows for its image.
package struct Project: Sendable {
    package var kind: ProjectKind
    /// Of the image: small letters, digits, dashes.
    package var name: String
    package var conclusions: [Conclusion] = []
    /// What the person should know or look after.
    package var remarks: [String] = []

    /// The stage that builds; nil when there is nothing to build.
    package var build: StagePlan?
    /// What the final stages begin with.
    package var runtime = StagePlan(image: "scratch")
    /// Not empty; the first one is what the Dockerfile makes when no target is named.
    package var programs: [ProgramPlan] = []
    package var recipes: [RecipePlan] = []
    /// Who runs it, `UID:GID`.
    package var user = "65532:65532"

    package var port: Int?
    /// A path that answers when the service is well.
    package var health: String?
    package var metrics: String?
    /// A command in the image that asks for `health`.
    package var healthCommand: [String]?
    /// Variables of the final stage, in order.
    package var variables: [(name: String, value: String)] = []

    /// Lines of the ignore file beside those that every project gets.
    package var ignored: [String] = []
    /// Rules of the policy as lines of YAML, beside those that every project gets.
    package var policy: [String] = []
    /// What the layers may weigh when they travel: `20MB`.
    package var maxSize = "50MB"

    /// The Dockerfile that stays in the place of ours.
    package internal(set) var kept: KeptDockerfile?
    /// What asks the program to end, where that is not SIGTERM.
    var stopSignal: String?

    package init(kind: ProjectKind, name: String) {
        self.kind = kind
        self.name = Words.safeName(name)
    }

    package mutating func conclude(_ about: String, _ what: String, _ why: String) {
        conclusions.append(Conclusion(about, what, why))
    }
}

/// Where images in FROM come from.
package enum ImageSource: Sendable, Equatable {
    /// Bases that Sampan assembles, where one fits; images of Docker Hub else.
    case assembled
    /// Images of Docker Hub alone: the Dockerfile is one for other builders, too.
    case registry
}
