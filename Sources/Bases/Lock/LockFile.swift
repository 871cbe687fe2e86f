package import Core
import YAML

/// What a base was resolved to: every package with its version and digest, by architecture and level.
///
/// Archives that a recipe unpacks are pinned by the recipe itself. The text is deterministic: one package a line, so that
/// a change of a package is a change of a line.
package struct LockFile: Sendable, Hashable {
    package struct Level: Sendable, Hashable {
        package var name: String
        /// In the order in which they are unpacked.
        package var packages: [LockedPackage]

        package init(name: String, packages: [LockedPackage]) {
            self.name = name
            self.packages = packages
        }
    }

    package struct Architecture: Sendable, Hashable {
        /// Debian's name.
        package var name: String
        /// Lowest first.
        package var levels: [Level]

        package init(name: String, levels: [Level]) {
            self.name = name
            self.levels = levels
        }
    }

    /// Where packages of a suite were found; a base with apt asks there for more.
    package struct Source: Sendable, Hashable {
        package var suite: String
        /// The archive's top, without name and password.
        package var uri: String
        package var components: [String]

        package init(suite: String, uri: String, components: [String]) {
            self.suite = suite
            self.uri = uri
            self.components = components
        }
    }

    /// ``RecipeChain/resolutionKey`` of the recipe that it was made for.
    package var recipe: Digest
    package var sources: [Source]
    /// In order of their names.
    package private(set) var architectures: [Architecture]

    package init(recipe: Digest, sources: [Source] = [], architectures: [Architecture]) {
        self.recipe = recipe
        self.sources = sources
        self.architectures = architectures.sorted { $0.name < $1.name }
    }

    package subscript(architecture: String) -> Architecture? { architectures.first { $0.name == architecture } }

    /// The path of the lock file of a recipe's file: `my-base.yaml` has `my-base.lock.yaml` beside it.
    package static func path(for recipe: String) -> String {
        for suffix in [".yaml", ".yml"] where recipe.hasSuffix(suffix) {
            return recipe.dropLast(suffix.utf8.count) + ".lock" + suffix
        }
        return recipe + ".lock.yaml"
    }

    private static let format = "1"
}

// MARK: - Writing

extension LockFile {
    package var text: String {
        var out =
            "# What the base's packages were resolved to. `sampan base lock` writes it, `sampan base update` renews it.\n"
        out += "version: \(Self.format)\nrecipe: \(recipe)\n"
        out += sources.isEmpty ? "sources: []\n" : "sources:\n"
        for source in sources {
            let components = source.components.map(Self.scalar).joined(separator: ", ")
            out +=
                "  - {suite: \(Self.scalar(source.suite)), uri: \(Self.scalar(source.uri)), components: [\(components)]}\n"
        }
        out += "architectures:\n"
        for architecture in architectures {
            out += "  - name: \(Self.scalar(architecture.name))\n    levels:\n"
            for level in architecture.levels {
                out += "      - name: \(Self.scalar(level.name))\n"
                out += level.packages.isEmpty ? "        packages: []\n" : "        packages:\n"
                for package in level.packages { out += "          - {\(Self.line(package))}\n" }
            }
        }
        return out
    }

    private static func line(_ package: LockedPackage) -> String {
        [
            "name: \(scalar(package.name))", "version: \(scalar(package.version))",
            "architecture: \(scalar(package.architecture))", "suite: \(scalar(package.suite))",
            "size: \(package.size)", "sha256: \(scalar(package.sha256.hex))", "path: \(scalar(package.path))",
        ].joined(separator: ", ")
    }

    /// A YAML scalar that every reader takes for a text.
    private static func scalar(_ text: String) -> String {
        let safe = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: [UInt8](".+-_~/".utf8).contains(byte)
            }
        }
        let isWord = text.utf8.first.map { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") } ?? false
        let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        if safe, isWord, !reserved { return text }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += "\\x" + hex(scalar.value)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    private static func hex(_ value: UInt32) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }
}

// MARK: - Reading

extension LockFile {
    /// - Throws: `DiagnosticList` with everything that is wrong.
    package init(parsing source: SourceFile) throws(DiagnosticList) {
        let report = YAMLReport()
        var limits = YAMLLimits()
        limits.size = 64 << 20
        limits.nodes = 4_000_000
        let lock = report.parse(source, limits: limits).flatMap { root in
            report.mapping(root, "a lock file") { Self.read($0) }
        }
        try report.check()
        guard let lock else { throw DiagnosticList([YAMLError(.noDocument, at: nil).diagnostic]) }
        self = lock
    }

    private static func read(_ reader: YAMLMappingReader) -> LockFile? {
        _ = reader.value("version", required: true) { text in
            guard text == format else { throw LockError(.unknownVersion(text)) }
        }
        let recipe = reader.value("recipe", required: true) { text in
            guard let digest = try? Digest(parsing: text) else { throw LockError(.badDigest(text)) }
            return digest
        }
        reader.require("sources")
        let sources = reader.mappings("sources", "a source") { source($0) }
        reader.require("architectures")
        let architectures = reader.mappings("architectures", "an architecture") { reader -> Architecture? in
            let name = reader.value("name", required: true) { try RecipeFormat.architecture($0) }
            reader.require("levels")
            let levels = reader.mappings("levels", "a level") { level($0) }
            guard let name, let levels else { return nil }
            return Architecture(name: name, levels: levels)
        }
        guard let recipe, let sources, let architectures else { return nil }
        return LockFile(recipe: recipe, sources: sources, architectures: architectures)
    }

    private static func source(_ reader: YAMLMappingReader) -> Source? {
        let suite = reader.value("suite", required: true) { try RecipeFormat.suite($0) }
        let uri = reader.value("uri", required: true) { text in
            guard text.contains("://"), text.utf8.count < 4096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw LockError(.badAddress(text))
            }
            return text
        }
        reader.require("components")
        let components = reader.values("components") { text, _ in try RecipeFormat.suite(text) }
        guard let suite, let uri, let components else { return nil }
        return Source(suite: suite, uri: uri, components: components)
    }

    private static func level(_ reader: YAMLMappingReader) -> Level? {
        let name = reader.string("name", required: true)
        reader.require("packages")
        let packages = reader.mappings("packages", "a package") { lockedPackage($0) }
        guard let name, let packages else { return nil }
        return Level(name: name, packages: packages)
    }

    private static func lockedPackage(_ reader: YAMLMappingReader) -> LockedPackage? {
        let name = reader.value("name", required: true) { try RecipeFormat.packageName($0) }
        let version = reader.value("version", required: true) { try RecipeFormat.version($0) }
        let architecture = reader.value("architecture", required: true) { text in
            text == "all" ? text : try RecipeFormat.architecture(text)
        }
        let suite = reader.value("suite", required: true) { try RecipeFormat.suite($0) }
        let size = reader.integer("size", in: 0...Int.max, required: true)
        let digest = reader.value("sha256", required: true) { text in
            guard let digest = Digest(hex: text) else { throw LockError(.badDigest(text)) }
            return digest
        }
        let path = reader.value("path", required: true) { text in
            guard !text.isEmpty, text.utf8.count < 4096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                BytePath(cleaning: text).description == text
            else { throw LockError(.badPath(text)) }
            return text
        }
        guard let name, let version, let architecture, let suite, let size, let digest, let path else { return nil }
        return LockedPackage(
            name: name, version: version, architecture: architecture, suite: suite, path: path, size: Int64(size),
            sha256: digest)
    }
}
