/// What a level of an image shall hold.
package struct ResolutionRequest: Sendable {
    /// What is asked for by name, in the order that decides between equally good answers.
    package var packages: [PackageRequest]
    /// Names, real or virtual, that do without: a dependency that names one of them is dropped, and none of them is
    /// taken for another dependency. A package that ``packages`` names is taken all the same.
    package var without: Set<String>
    /// Whether what packages recommend comes along where it can.
    package var recommends: Bool
    /// Whether essential packages and those of priority required come along.
    package var essential: Bool
    /// Debian's name of the architecture, such as `amd64`.
    package var architecture: String
    /// The packages of lower levels: they satisfy dependencies, stay as they are, and are no part of the result.
    package var installed: [DebianPackage]

    package init(
        packages: [PackageRequest], without: Set<String> = [], recommends: Bool = false, essential: Bool = false,
        architecture: String, installed: [DebianPackage] = []
    ) {
        self.packages = packages
        self.without = without
        self.recommends = recommends
        self.essential = essential
        self.architecture = architecture
        self.installed = installed
    }
}
