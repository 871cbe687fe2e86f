// https://github.com/swiftlang/swift/blob/main/docs/ABI/TypeMetadata.rst (the sections of metadata)

extension SwiftBuild {
    /// - Returns: nil when nothing tells of Swift.
    static func read(_ file: ELFFile, needed: [String], _ compilers: CompilerComments) -> SwiftBuild? {
        let loadsRuntime = needed.contains("libswiftCore.so")
        guard loadsRuntime || file.sections.contains(where: { $0.name.hasPrefix("swift5_") }) else { return nil }
        return SwiftBuild(isRuntimeStatic: !loadsRuntime, compiler: compilers.first(startingWith: "Swift version"))
    }
}
