// https://docs.npmjs.com/cli/v11/configuring-npm/package-json
internal import Core
internal import Inventory

/// Reads the manifests of installed Node packages.
enum NodeCataloger {
    static func run(_ survey: inout Survey<some CatalogTree>) throws {
        for path in survey.paths(.nodeManifest) {
            guard let content = try survey.content(path) else { continue }
            guard let component = read(content) else {
                survey.note(path, "names no Node package with its version")
                continue
            }
            let files = survey.files(below: path.parent, except: "node_modules")
            survey.add(InstalledPackage(component, evidence: path, files: files))
        }
    }

    static func read(_ content: [UInt8]) -> Component? {
        guard let manifest = try? OrderedJSON(parsing: content), let full = manifest["name"]?.string,
            let version = manifest["version"]?.string, !full.isEmpty, !version.isEmpty
        else { return nil }
        var (namespace, name): (String?, String) = (nil, full)
        if full.hasPrefix("@"), let slash = full.firstIndex(of: "/") {
            (namespace, name) = (String(full[..<slash]), String(full[full.index(after: slash)...]))
        }
        guard !name.isEmpty else { return nil }
        return Component(.npm, namespace: namespace, name: name, version: version, licenses: licenses(manifest))
    }

    /// A name, or as old packages have it an object with a type, or a list of such.
    private static func licenses(_ manifest: OrderedJSON) -> [String] {
        func name(_ value: OrderedJSON) -> String? { value.string ?? value["type"]?.string }
        switch manifest["license"] ?? manifest["licenses"] {
        case .array(let items)?: return items.prefix(20).compactMap(name)
        case let value?: return name(value).map { [$0] } ?? []
        case nil: return []
        }
    }
}
