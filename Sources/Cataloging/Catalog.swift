package import Core
internal import Inventory

/// Finds out what software an image has.
package enum Catalog {
    /// Bytes of the largest file whose content is looked at.
    package static let sizeLimit: Int64 = 64 << 20

    /// Packages that are told of at most.
    static let packageLimit = 200_000

    /// Whether the content of a file is needed, by its path. Called for every file of every layer.
    package static func wants(_ path: BytePath, size: Int64) -> Bool {
        guard size > 0, size <= sizeLimit, let evidence = Evidence.of(path) else { return false }
        return size <= evidence.sizeLimit
    }

    /// What has to be kept of a file that was wanted, for reading it again later: large ones (archives of Java, RPM's
    /// database, licenses) come down to what they tell. ``CatalogTree/content(_:)`` may give either form.
    package static func condensed(_ path: BytePath, _ content: [UInt8]) -> [UInt8] {
        switch Evidence.of(path) {
        case .debianCopyright: DebianCopyright.condensed(content)
        case .rpmDatabase: RPMCataloger.read(content).condensed
        case .javaArchive: JavaCataloger.read(content, path: path).condensed
        default: content
        }
    }

    /// The packages in the order of ecosystem, name and evidence. What can't be read is left out and told.
    /// - Throws: what the tree throws.
    package static func packages(
        _ tree: some CatalogTree, remark: (String) -> Void = { _ in }
    ) throws -> [InstalledPackage] {
        var survey = try Survey(tree)
        try DebianCataloger.run(&survey)
        try AlpineCataloger.run(&survey)
        try RPMCataloger.run(&survey)
        try PythonCataloger.run(&survey)
        try NodeCataloger.run(&survey)
        try GemCataloger.run(&survey)
        try JavaCataloger.run(&survey)
        ProgramCataloger.run(&survey)
        survey.remarks.forEach(remark)
        return sorted(survey.packages)
    }

    private static func sorted(_ packages: [InstalledPackage]) -> [InstalledPackage] {
        let rank = Dictionary(
            uniqueKeysWithValues: Component.Ecosystem.allCases.enumerated().map { ($0.element, $0.offset) })
        return packages.sorted { left, right in
            let (a, b) = (left.component, right.component)
            if a.ecosystem != b.ecosystem { return rank[a.ecosystem, default: 0] < rank[b.ecosystem, default: 0] }
            if a.name != b.name { return a.name < b.name }
            if left.evidence != right.evidence { return left.evidence < right.evidence }
            return (a.namespace ?? "", a.version, a.qualifiers["arch"] ?? "")
                < (b.namespace ?? "", b.version, b.qualifiers["arch"] ?? "")
        }
    }
}
