import Core
import Debian
import HostOS
import YAML

/// Reads one recipe. All mistakes go into one report.
struct RecipeParser {
    /// What a recipe says of itself; the chain adds what it inherits.
    struct Result {
        var recipe: Recipe
        var extendsSpan: SourceSpan?
        var configure: Bool?
        var essential: Bool?
        var recommends: Bool?
        /// Where the environment's variables stand.
        var variableSpans: [String: SourceSpan] = [:]
        /// Where `configure` stands, or the start of the file.
        var configureSpan: SourceSpan
    }

    let source: SourceFile
    let report = YAMLReport()
    /// The recipe's directory; nil for a built-in recipe, which has no files beside it.
    let directory: RecipeDirectory?

    /// - Throws: `DiagnosticList` with everything that is wrong.
    static func parse(
        _ source: SourceFile, name: String, origin: Recipe.Origin, directory: RecipeDirectory?
    ) throws(DiagnosticList) -> Result {
        let parser = RecipeParser(source: source, directory: directory)
        let result = parser.report.parse(source).flatMap { root in
            parser.report.mapping(root, "a recipe") { parser.recipe($0, name: name, origin: origin) }
        }
        try parser.report.check()
        guard let result else { throw DiagnosticList([YAMLError(.noDocument, at: nil).diagnostic]) }
        return result
    }

    private func recipe(_ reader: YAMLMappingReader, name: String, origin: Recipe.Origin) -> Result {
        var recipe = Recipe(name: name, origin: origin)
        recipe.summary = Self.summary(of: source)
        recipe.extends = reader.string("extends")
        recipe.repository = repository(reader)
        let architectures = Unique("architecture")
        recipe.architectures = reader.values("architectures") { text, span in
            try architectures.note(text, at: span)
            return try RecipeFormat.architecture(text)
        }
        let packages = Unique("package")
        recipe.packages =
            reader.values("packages") { text, span in
                let package = try RecipeFormat.package(text, at: span)
                try packages.note(package.name, at: span)
                return package
            } ?? []
        recipe.without = Set(reader.values("without") { text, _ in try RecipeFormat.packageName(text) } ?? [])
        let recommends = reader.bool("recommends")
        recipe.slices = reader.list("slices")?.compactMap { slice($0, reader) } ?? []
        _ = reader.mapping("accounts", "accounts") { accounts($0, into: &recipe) }
        recipe.certificates = reader.values("certificates") { text, _ in try local(text) } ?? []
        contents(reader, into: &recipe)
        var variableSpans: [String: SourceSpan] = [:]
        recipe.image = image(reader, &variableSpans)
        let configure = reader.bool("configure")
        let essential = reader.bool("essential")
        return Result(
            recipe: recipe, extendsSpan: reader.contains("extends") ? reader.node("extends")?.span : nil,
            configure: configure, essential: essential, recommends: recommends,
            variableSpans: variableSpans, configureSpan: reader.keySpan("configure"))
    }

    /// The comment at the top, up to the first line that is none.
    private static func summary(of source: SourceFile) -> String {
        var lines: [String] = []
        for index in source.lineStarts.indices {
            let line = source.lineBytes(index)
            guard line.first == UInt8(ascii: "#") else { break }
            lines.append(String(decoding: line.dropFirst().drop { $0 == UInt8(ascii: " ") }, as: UTF8.self))
        }
        return lines.joined(separator: "\n")
    }

    private func repository(_ reader: YAMLMappingReader) -> Recipe.Repository {
        var repository = Recipe.Repository()
        repository.suite = reader.value("suite") { try RecipeFormat.suite($0) }
        repository.suites = reader.values("suites") { text, _ in try RecipeFormat.suite(text) } ?? []
        repository.components = reader.values("components") { text, _ in try RecipeFormat.component(text) }
        repository.mirror = reader.value("mirror") { try RecipeFormat.mirror($0) }
        repository.keyring = reader.value("keyring") { try local($0) }
        repository.snapshot = reader.value("snapshot") { try RecipeFormat.snapshot($0) }
        repository.snapshotMirror = reader.value("snapshot-mirror") { try RecipeFormat.mirror($0) }
        return repository
    }

    private func slice(_ node: YAMLNode, _ reader: YAMLMappingReader) -> Slice? {
        guard case .mapping(let pairs) = node.value else {
            guard let text = reader.item(of: "slices", node) else { return nil }
            guard let name = Slice.Name(rawValue: text) else {
                report.add(RecipeError(.unknownSlice(text), at: node.span))
                return nil
            }
            return .named(name)
        }
        guard pairs.count == 1 else {
            report.add(RecipeError(.sliceForm, at: node.span))
            return nil
        }
        return report.mapping(node, "a slice") { slice -> Slice? in
            if let zones = slice.values("zoneinfo", { text, _ in try RecipeFormat.zone(text) }) {
                return .zoneinfo(zones)
            }
            return slice.values("paths") { text, _ in try RecipeFormat.pattern(text) }.map { .paths($0) }
        }
    }

    private func image(
        _ reader: YAMLMappingReader, _ spans: inout [String: SourceSpan]
    ) -> Recipe.ImageSettings {
        var image = Recipe.ImageSettings()
        for (key, value, span) in reader.texts("environment") ?? [] {
            do {
                spans[key] = span
                image.environment.append(.init(name: try RecipeFormat.variable(key), value: value))
            } catch {
                report.add(error, at: span)
            }
        }
        image.user = reader.value("user") { try RecipeFormat.user($0) }
        image.workdir = reader.value("workdir") { try RecipeFormat.path($0, allowsRoot: true).absolute }
        image.entrypoint = reader.strings("entrypoint")
        image.command = reader.strings("command")
        for (key, value, _) in reader.texts("labels") ?? [] { image.labels[key] = value }
        return image
    }

    // MARK: Shared checks

    /// A file beside the recipe, which must be there.
    func local(_ text: String) throws -> Recipe.LocalFile {
        let path = try RecipeFormat.localPath(text)
        guard let directory else { throw RecipeError(.notInDirectory(text)) }
        _ = try directory.open(path)
        return Recipe.LocalFile(path: path, directory: directory.path)
    }

    /// Names that must not occur twice.
    final class Unique {
        private let what: String
        private var seen: Set<String> = []

        init(_ what: String) { self.what = what }

        func note(_ name: String, at span: SourceSpan) throws(RecipeError) {
            guard seen.insert(name).inserted else { throw RecipeError(.duplicate(what: what, name: name), at: span) }
        }
    }
}
