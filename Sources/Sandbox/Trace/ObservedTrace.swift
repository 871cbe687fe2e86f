/// What to learn of a program while it runs.
package struct Observation: Codable, Sendable {
    /// Record every path that it asks the kernel for. Without it the program runs as always, and its ports can be reached.
    package var recordsPaths: Bool

    package init(recordsPaths: Bool) { self.recordsPaths = recordsPaths }
}

/// What a program asked the kernel for while it was observed.
package struct ObservedTrace: Codable, Sendable {
    /// What was done to a path, whether it was there or not.
    package struct Uses: OptionSet, Codable, Sendable, Hashable {
        package var rawValue: Int32

        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Asked whether it is there, what it is, or where a link leads.
        package static let looks = Uses(rawValue: 1)
        /// Opened to be read.
        package static let reads = Uses(rawValue: 2)
        /// Made, changed or removed.
        package static let writes = Uses(rawValue: 4)
        /// Started as a program.
        package static let executes = Uses(rawValue: 8)
        /// Opened as a directory, or made the working directory.
        package static let lists = Uses(rawValue: 16)
    }

    package struct Path: Codable, Sendable, Hashable {
        /// Absolute, as the program wrote it.
        package var path: String
        package var uses: Uses

        package init(path: String, uses: Uses) {
            self.path = path
            self.uses = uses
        }
    }

    /// In the order in which they were first asked for.
    package var paths: [Path] = []
    /// Addresses outside of the sandbox that it tried to reach, such as `192.0.2.1:443`.
    package var addresses: [String] = []
    /// Whether there were more paths than are kept.
    package var isCut = false

    package init() {}
}
