internal import Core
internal import Debian
private import Inventory

/// The packages of all levels so far: who they are, which files are theirs, and whose files they may take.
struct KnownPackages {
    private struct Package {
        var name: String
        var version: DebianVersion
        var replaces: [Relation]
    }

    private var packages: [Package] = []
    private var positions: [String: Int] = [:]
    /// The package of each file (of directories none) in levels below the one being made.
    var owners: [BytePath: Int] = [:]

    var count: Int { packages.count }

    /// - Throws: ``AssemblyError/duplicatePackage(_:)``, and what is wrong with its field Replaces.
    mutating func add(_ package: DebPackage) throws {
        guard positions.updateValue(packages.count, forKey: package.name) == nil else {
            throw AssemblyError.duplicatePackage(package.name)
        }
        let replaces = try package.control["Replaces"].map { try RelationParser.relations($0) } ?? []
        packages.append(Package(name: package.name, version: package.version, replaces: replaces))
    }

    func name(_ index: Int) -> String { packages[index].name }

    /// Whether a package may take files of another: Replaces names it, and its version where one is given.
    func replaces(_ package: Int, _ other: Int) -> Bool {
        let other = packages[other]
        return packages[package].replaces.contains { relation in
            relation.name == other.name && relation.constraint?.isSatisfied(by: other.version) != false
        }
    }
}
