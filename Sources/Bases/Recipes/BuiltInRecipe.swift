/// The recipes that the program carries.
enum BuiltInRecipe {
    /// The level that `NAME-debug` puts on NAME.
    static let debug = "debug"
    /// What `debug` by itself stands on.
    static let debugged = "base"

    static let names = all.map(\.name)

    /// Whether the debug level can go on top of a recipe.
    static func takesDebug(_ name: String) -> Bool { name != debug && names.contains(name) }

    static func bytes(_ name: String) -> [UInt8]? { all.first { $0.name == name }?.bytes() }

    private static let all: [(name: String, bytes: @Sendable () -> [UInt8])] = [
        ("static", { PackageResources.static_yaml }),
        ("base", { PackageResources.base_yaml }),
        ("cc", { PackageResources.cc_yaml }),
        ("swift", { PackageResources.swift_yaml }),
        ("python", { PackageResources.python_yaml }),
        ("debug", { PackageResources.debug_yaml }),
        ("debian", { PackageResources.debian_yaml }),
        ("golang", { PackageResources.golang_yaml }),
        ("gcc", { PackageResources.gcc_yaml }),
    ]
}
