internal import Binaries
internal import Core
internal import Inventory

/// Turns what programs of Go and Rust say of their making into components.
enum ProgramCataloger {
    static func run(_ survey: inout Survey<some CatalogTree>) {
        for (path, facts) in survey.tree.binaries {
            if let go = facts.go { add(go, path, &survey) }
            if let rust = facts.rust { add(rust, path, &survey) }
        }
    }

    private static func add(_ go: GoBuild, _ path: BytePath, _ survey: inout Survey<some CatalogTree>) {
        if let main = go.main, !main.path.isEmpty {
            var component = component(main)
            if component.version.isEmpty { component.version = GoVersion.told(by: go) ?? "" }
            survey.add(InstalledPackage(component, evidence: path, files: [path]))
        } else if let package = go.path, package.contains("/") {
            // Built without modules, as distributions do.
            survey.add(InstalledPackage(component(.init(path: package, version: "")), evidence: path, files: [path]))
        }
        for dependency in go.dependencies where !dependency.module.path.isEmpty {
            survey.add(InstalledPackage(component(used(dependency)), evidence: path))
        }
        // Such as `go1.22.1 X:boringcrypto`, or `devel go1.23-5e8c4b7a` of a toolchain between releases.
        let version = go.version.split(separator: " ").first { $0.hasPrefix("go") }?.dropFirst(2) ?? ""
        if !version.isEmpty {
            survey.add(
                InstalledPackage(Component(.golang, name: "stdlib", version: String(version)), evidence: path))
        }
    }

    /// The module that was built; a directory in its place has no path of its own.
    private static func used(_ dependency: GoBuild.Dependency) -> GoBuild.Module {
        guard let replacement = dependency.replacement else { return dependency.module }
        if replacement.path.isEmpty || replacement.path.hasPrefix(".") || replacement.path.hasPrefix("/") {
            return .init(path: dependency.module.path, version: replacement.version)
        }
        return replacement
    }

    private static func component(_ module: GoBuild.Module) -> Component {
        let slash = module.path.lastIndex(of: "/")
        return Component(
            .golang, namespace: slash.map { String(module.path[..<$0]) },
            name: slash.map { String(module.path[module.path.index(after: $0)...]) } ?? module.path,
            version: module.version == "(devel)" ? "" : module.version)
    }

    private static func add(_ rust: RustBuild, _ path: BytePath, _ survey: inout Survey<some CatalogTree>) {
        for crate in rust.crates where !crate.isBuildOnly && !crate.name.isEmpty {
            survey.add(
                InstalledPackage(
                    Component(.cargo, name: crate.name, version: crate.version), evidence: path,
                    files: crate.isRoot ? [path] : []))
        }
    }
}
