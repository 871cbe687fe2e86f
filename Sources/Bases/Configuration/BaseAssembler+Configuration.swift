internal import Archive
internal import Core
internal import Debian
package import Layers

/// Levels whose packages are configured: assembled as dpkg leaves packages that it has unpacked.
extension BaseAssembler {
    /// Assembles a level up to the point where maintainer scripts go on.
    ///
    /// The recipe's own files are there before the scripts run; its accounts and certificates follow in
    /// ``ConfigurationScript``, as the scripts make what they are added to.
    /// - Parameter sources: what apt is told when it is among the packages and the recipe doesn't tell it.
    /// - Throws: as ``addLevel(_:)``.
    package func unpack(_ level: BaseLevel, sources: [LockFile.Source] = []) throws -> LayerContents {
        var known = known
        for package in level.packages {
            try checkArchitecture(package)
            try known.add(package)
        }
        let tree = FileTree(layers: layers)
        var builder = LevelBuilder(level, merge: merge, below: tree, known: known)
        try builder.placePackages()
        try builder.placeArchives()
        try builder.setConffilesAside()
        try builder.placeFirstAccounts()
        try builder.placeRecipe()
        try builder.placeLocalCertificates()
        if try level.packages.contains(where: { $0.name == "apt" }) && !sources.isEmpty
            && builder.entry(at: AptSourcesFile.path) == nil && builder.entry(at: AptSourcesFile.older) == nil
        {
            try builder.put(.file(AptSourcesFile.path, bytes: AptSourcesFile.bytes(sources)), what: "list of sources")
        }
        let database = try DpkgDatabase(of: level.packages) { path in
            guard let node = try tree.lookup(path), node.entry.isFile else { return nil }
            return try node.entry.content.open().readAll(limit: DpkgDatabase.limit, what: path.absolute)
        }
        for entry in database.directories where try builder.entry(at: entry.path) == nil {
            builder.set(LevelBuilder.Slot(entry: entry, owner: .recipe))
        }
        for entry in database.entries { try builder.put(entry, what: "database of dpkg") }
        return try builder.finish().contents
    }

    /// Takes a level as its scripts left it: what later levels stand on.
    package mutating func take(configured contents: LayerContents) { layers.append(contents) }
}

extension LevelBuilder {
    /// Where update-ca-certificates looks for certificates of the place.
    static let localCertificates: BytePath = "usr/local/share/ca-certificates"

    /// Configuration files wait under the names that `dpkg --unpack` gives them until their package is configured.
    mutating func setConffilesAside() throws {
        for (index, package) in level.packages.enumerated() {
            for path in package.conffiles {
                guard let slot = slots[path], slot.owner == .package(firstPackage + index), !slot.entry.isDirectory
                else { continue }
                slots[path] = nil
                var aside = slot
                aside.entry.path = BytePath(normalized: path.bytes + Array(".dpkg-new".utf8))
                set(aside)
            }
        }
    }

    /// Scripts name users before base-passwd's has made the lists of them.
    mutating func placeFirstAccounts() throws {
        for name in ["passwd", "group"] {
            let path = BytePath(cleaning: "/etc/" + name)
            let master = BytePath(cleaning: "/usr/share/base-passwd/\(name).master")
            guard try entry(at: path) == nil, let original = slots[master]?.entry, original.isFile else { continue }
            var copy = original
            copy.path = path
            set(Slot(entry: copy, owner: .recipe))
        }
    }

    private static let certificateTool: BytePath = "usr/sbin/update-ca-certificates"

    mutating func placeLocalCertificates() throws {
        if try !level.recipe.certificates.isEmpty && entry(at: Self.certificateTool) == nil {
            throw AssemblyError.noCertificateTool
        }
        for file in level.recipe.certificates {
            let name = file.path.description
            var bundle = CertificateBundle()
            let source = DescriptorSource(try file.open())
            try bundle.add(local: source.readAll(limit: CertificateBundle.limit, what: name), name: name)
            let stem = String(decoding: file.path.name, as: UTF8.self)
            let path = Self.localCertificates.appending(BytePath(cleaning: stem + ".crt"))
            try put(.file(path, bytes: bundle.bytes), what: "certificate")
        }
    }
}
