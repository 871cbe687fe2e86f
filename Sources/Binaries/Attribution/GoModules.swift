/// Tells the module of a package.
struct GoModules: Sendable {
    private let main: String?
    /// Paths of modules that the program was built of; replaced ones keep theirs.
    private let paths: Set<String>

    static let standard = "std"

    init(_ build: GoBuild?) {
        main = build?.main?.path
        paths = Set((build?.dependencies.map(\.module.path) ?? []) + [build?.main?.path].compactMap { $0 })
    }

    /// - Returns: the path of the module, ``standard``, or an empty text when the program doesn't tell.
    func module(ofPackage package: String) -> String {
        if package == "main" || package == "main_test" { return main ?? "main" }
        // The longest of the modules whose path the package's starts with.
        var path = package[...]
        while !path.isEmpty {
            if paths.contains(String(path)) { return String(path) }
            guard let slash = path.lastIndex(of: "/") else { break }
            path = path[..<slash]
        }
        if package.hasPrefix("vendor/") || package == "vendor" { return Self.standard }
        // Only paths with a host name can be fetched; the standard library's first element has no dot.
        return package.prefix { $0 != "/" }.contains(".") ? "" : Self.standard
    }
}
