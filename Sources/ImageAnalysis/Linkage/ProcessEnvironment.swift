package import Core
package import OCI

/// What a container's first process finds around it.
package struct ProcessEnvironment: Sendable {
    /// Where commands are looked for; relative ones start at the working directory.
    package var path: [BytePath]
    package var workingDirectory: BytePath
    /// LD_LIBRARY_PATH, split.
    var libraryPath: [String]
    private let variables: [String: String]

    /// What engines set for images that say nothing.
    private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    /// Directories of one variable that are looked at.
    private static let limit = 256

    package init(_ config: ContainerConfig) {
        var variables: [String: String] = [:]
        for line in config.env {
            guard let equals = line.firstIndex(of: "=") else { continue }
            variables[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        self.variables = variables
        let workingDirectory = BytePath(cleaning: config.workingDir ?? "/")
        self.workingDirectory = workingDirectory
        path = (variables["PATH"] ?? Self.usualPath).split(separator: ":", omittingEmptySubsequences: false)
            .prefix(Self.limit).map { workingDirectory.joined(String($0)) }
        let libraries = variables["LD_LIBRARY_PATH"] ?? ""
        libraryPath =
            libraries.isEmpty
            ? []
            : libraries.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == ";" }.prefix(Self.limit)
                .map(String.init)
    }

    subscript(name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
}
