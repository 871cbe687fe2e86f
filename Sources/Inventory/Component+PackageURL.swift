// https://github.com/package-url/purl-spec/tree/main/types

extension Component {
    /// Its package URL; nil when the component has no name.
    ///
    /// What it was built from goes into the qualifier `upstream`, which scanners read: `NAME` or `NAME@VERSION`.
    package var packageURL: PackageURL? {
        var qualifiers = qualifiers
        if let source {
            qualifiers["upstream"] = source.version == version ? source.name : source.name + "@" + source.version
        }
        return try? PackageURL(
            type: ecosystem.rawValue, namespace: namespace, name: name, version: version, qualifiers: qualifiers)
    }

    /// Reads the component that a package URL names; types that are not told apart become generic.
    package init(_ url: PackageURL) {
        var qualifiers = url.qualifiers
        var source: Source?
        if let upstream = qualifiers.removeValue(forKey: "upstream") {
            let parts = upstream.split(separator: "@", maxSplits: 1)
            source = Source(
                name: String(parts.first ?? ""), version: parts.count > 1 ? String(parts[1]) : url.version ?? "")
        }
        self.init(
            Ecosystem(rawValue: url.type) ?? .generic, namespace: url.namespace, name: url.name,
            version: url.version ?? "", qualifiers: qualifiers, source: source)
    }
}
