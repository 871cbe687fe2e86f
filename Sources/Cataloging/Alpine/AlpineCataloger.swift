// https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2
internal import Core
internal import Inventory

/// Reads apk's database of installed packages: a letter, a colon and a value a line, an empty line behind each package.
enum AlpineCataloger {
    static func run(_ survey: inout Survey<some CatalogTree>) throws {
        for path in survey.paths(.apkInstalled) {
            guard let content = try survey.content(path) else { continue }
            let (found, isWhole) = read(content)
            if !isWhole { survey.note(path, PathBudget.remark) }
            for package in found {
                guard !package.version.isEmpty else {
                    survey.note(path, "the package \(package.name) has no version")
                    continue
                }
                var component = Component(
                    .apk, namespace: survey.distribution.id ?? "alpine", name: package.name, version: package.version,
                    licenses: package.license.isEmpty ? [] : [package.license])
                if !package.architecture.isEmpty { component.qualifiers["arch"] = package.architecture }
                component.qualifiers["distro"] = survey.distribution.qualifier
                if !package.origin.isEmpty, package.origin != package.name {
                    component.source = .init(name: package.origin, version: package.version)
                }
                let files = Set(package.files.compactMap { survey.file($0) })
                survey.add(InstalledPackage(component, evidence: path, files: files.sorted()))
            }
        }
    }

    struct Package: Hashable {
        var name = ""
        var version = ""
        var architecture = ""
        var origin = ""
        var license = ""
        var files: [BytePath] = []
    }

    /// - Returns: the packages, and whether they have all of their files.
    static func read(_ content: [UInt8]) -> (packages: [Package], isWhole: Bool) {
        var budget = PathBudget()
        var packages: [Package] = []
        var package = Package()
        var directory = BytePath()
        func finish() {
            if !package.name.isEmpty { packages.append(package) }
            package = Package()
            directory = BytePath()
        }
        for line in Lines(content) {
            guard line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: ":") else {
                if line.isEmpty { finish() }
                continue
            }
            let value = line.dropFirst(2)
            switch line[line.startIndex] {
            case UInt8(ascii: "P"): package.name = value.text
            case UInt8(ascii: "V"): package.version = value.text
            case UInt8(ascii: "A"): package.architecture = value.text
            case UInt8(ascii: "o"): package.origin = value.text
            case UInt8(ascii: "L"): package.license = value.trimmed.text
            case UInt8(ascii: "F"): directory = BytePath(cleaning: value)
            case UInt8(ascii: "R"):
                if let file = budget.path(directory.bytes, value) { package.files.append(file) }
            default: break
            }
        }
        finish()
        return (packages, !budget.isOver)
    }
}
