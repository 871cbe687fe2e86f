import Core

/// What the person says about a project, which counts more than what the sources do.
///
/// The head of the Dockerfile records it, so that a later run writes the same without being told again.
package struct Choices: Sendable, Equatable {
    package enum Health: Sendable, Equatable {
        /// A path that answers when the service is well.
        case path(String)
        /// Nothing asks the service.
        case unasked
    }

    package var kind: ProjectKind?
    package var program: String?
    package var name: String?
    package var port: Int?
    package var health: Health?
    /// What stands behind FROM in the stage that builds.
    package var builder: String?
    /// What stands behind FROM in the final stages.
    package var base: String?
    package var images: ImageSource?
    package var pipelines: Pipelines?
    package var kubernetes = false
    package var monitoring = false
    /// The options that an earlier run was given, and this one was not.
    package private(set) var remembered: Set<String> = []

    /// Which jobs are written.
    package enum Pipelines: String, Sendable, CaseIterable { case github, gitlab, all, no = "none" }

    package init() {}

    /// How a conclusion tells that an option made it.
    func why(_ option: String) -> String { remembered.contains(option) ? "\(option), as before" : option }

    // MARK: - Checking

    /// Whether a text can be asked for over HTTP and stand in a Dockerfile, a script and YAML as it is.
    package static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.count <= 200 && Words.isPlain(text.filter { !"~?=&%".contains($0) })
    }

    /// Whether a text can stand behind FROM.
    package static func isImage(_ text: String) -> Bool {
        let name = text.hasPrefix("base:") ? text.dropFirst(5) : text[...]
        if text == "scratch" { return true }
        if text.hasPrefix("base:") { return Words.isPlain(String(name)) && !name.hasPrefix("-") }
        return (try? Reference(parsing: text)) != nil
    }

    /// Whether a text can be the name of a program or an image.
    package static func isName(_ text: String) -> Bool { Words.isPlain(text) && !text.hasPrefix("-") }

    /// Whether a text can be what an image is called, and what goes by its name: labels, resources, alerts.
    package static func isImageName(_ text: String) -> Bool { !text.isEmpty && Words.safeName(text) == text }

    // MARK: - Recording

    /// The options that say all this, in a fixed order.
    package var options: [(name: String, value: String?)] {
        var out: [(String, String?)] = []
        func add(_ name: String, _ value: String?) { if let value { out.append((name, value)) } }
        add("--kind", kind?.rawValue)
        add("--program", program)
        add("--name", name)
        add("--port", port.map(String.init))
        switch health {
        case .path(let path)?: add("--health", path)
        case .unasked?: out.append(("--no-health", nil))
        case nil: break
        }
        add("--builder", builder)
        add("--base", base)
        add("--bases", images.map { $0 == .assembled ? "sampan" : "docker" })
        add("--ci", pipelines?.rawValue)
        if kubernetes { out.append(("--kubernetes", nil)) }
        if monitoring { out.append(("--monitoring", nil)) }
        return out
    }

    /// The line of the Dockerfile's head; nil when nothing was said.
    var line: String? {
        let words = options.flatMap { [$0.name] + ($0.value.map { [$0] } ?? []) }
        return words.isEmpty ? nil : Self.head + words.joined(separator: " ")
    }

    private static let head = "# Options: "

    /// What the head of a Dockerfile records; nothing for a file that we did not write.
    /// - Throws: when the line says what no option of ours would.
    package init(recordedIn dockerfile: String) throws(ProjectError) {
        self.init()
        let lines = dockerfile.prefix(4000).split(separator: "\n", maxSplits: 3)
        guard lines.count > 1, WrittenFile.isMarked(lines[0]), lines[1].hasPrefix(Self.head) else { return }
        let words = Words.split(lines[1].dropFirst(Self.head.count))
        var rest = words[...]
        while let option = rest.popFirst() {
            let isFlag = ["--no-health", "--kubernetes", "--monitoring"].contains(option)
            let value = isFlag ? "" : rest.popFirst()
            guard let value, set(option, value) else { throw .badRecord(option) }
        }
    }

    private mutating func set(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--kind": kind = ProjectKind(rawValue: value)
        case "--program": program = Self.isName(value) ? value : nil
        case "--name": name = Self.isImageName(value) ? value : nil
        case "--port": port = Int(value).flatMap { (1...65535).contains($0) ? $0 : nil }
        case "--health": health = Self.isPath(value) ? .path(value) : nil
        case "--no-health": health = .unasked
        case "--builder": builder = Self.isImage(value) ? value : nil
        case "--base": base = Self.isImage(value) ? value : nil
        case "--bases": images = value == "sampan" ? .assembled : value == "docker" ? .registry : nil
        case "--ci": pipelines = Pipelines(rawValue: value)
        case "--kubernetes": kubernetes = true
        case "--monitoring": monitoring = true
        default: return false
        }
        return options.contains { $0.name == option }
    }

    /// The same where something is said, else what an earlier run was told.
    package func over(_ earlier: Choices) -> Choices {
        var out = self
        out.kind = kind ?? earlier.kind
        out.program = program ?? earlier.program
        out.name = name ?? earlier.name
        out.port = port ?? earlier.port
        out.health = health ?? earlier.health
        out.builder = builder ?? earlier.builder
        out.base = base ?? earlier.base
        out.images = images ?? earlier.images
        out.pipelines = pipelines ?? earlier.pipelines
        out.kubernetes = kubernetes || earlier.kubernetes
        out.monitoring = monitoring || earlier.monitoring
        let own = Set(options.map(\.name))
        out.remembered = Set(out.options.map(\.name)).subtracting(own)
        return out
    }
}
