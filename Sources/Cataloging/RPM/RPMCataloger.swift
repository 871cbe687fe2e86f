internal import Core
internal import Inventory

/// Reads RPM's database, in each of the three forms that it has had.
enum RPMCataloger {
    static func run(_ survey: inout Survey<some CatalogTree>) throws {
        for path in survey.paths(.rpmDatabase) {
            guard let content = try survey.content(path) else { continue }
            let reading = Reading(condensed: content) ?? read(content)
            for remark in reading.remarks { survey.note(path, remark) }
            for package in reading.packages {
                var component = package.component
                component.namespace = survey.distribution.id
                component.qualifiers["distro"] = survey.distribution.qualifier
                let files = Set(package.files.compactMap { survey.file($0) })
                survey.add(InstalledPackage(component, evidence: path, files: files.sorted()))
            }
        }
        for path in survey.paths(.rpmLog) where try survey.tree.content(path)?.isEmpty == false {
            survey.note(path, "RPM's database was not closed: packages may be missing")
        }
    }

    static func read(_ content: [UInt8]) -> Reading {
        var reading = Reading()
        var damaged = 0
        var budget = PathBudget()
        do throws(RPMDatabaseError) {
            try forEachBlob(content) { blob in
                guard let package = RPMHeader(blob)?.package(&budget) else {
                    damaged += 1
                    return
                }
                // Keys of repositories are kept like packages.
                if package.component.name == "gpg-pubkey" { return }
                if reading.packages.count < Catalog.packageLimit { reading.packages.append(package) }
            }
        } catch {
            reading.remarks.append(error.text)
        }
        if damaged > 0 { reading.remarks.append("\(damaged) damaged packages in RPM's database") }
        if budget.isOver { reading.remarks.append(PathBudget.remark) }
        return reading
    }

    private static func forEachBlob(
        _ content: [UInt8], _ body: (ArraySlice<UInt8>) -> Void
    ) throws(RPMDatabaseError) {
        if content.starts(with: Array("SQLite format 3\0".utf8)) {
            try SQLitePackages.forEachBlob(content, body)
        } else if content.starts(with: Array("RpmP".utf8)) {
            try NDBPackages.forEachBlob(content, body)
        } else if BerkeleyPackages.isOne(content) {
            try BerkeleyPackages.forEachBlob(content, body)
        } else {
            throw .unknownForm
        }
    }
}

/// Why a database of RPM gives no packages, or not all.
enum RPMDatabaseError: Error, Hashable {
    case unknownForm
    case damaged
    case sqlite(Int32)

    var text: String {
        switch self {
        case .unknownForm: "RPM's database has a form that is not known"
        case .damaged: "RPM's database is damaged: packages may be missing"
        case .sqlite(let code): "SQLite can't read RPM's database (code \(code)): packages may be missing"
        }
    }
}
