package import Core
package import ImageAnalysis

/// What a policy wants to know beside the image: of its build, of its index, of the images before it.
package struct PolicyContext: Sendable {
    /// An image that a build took its files or its programs from.
    package struct Base: Sendable, Hashable {
        /// As the Dockerfile or the image's annotations name it.
        package var name: String
        /// Whether it is what the image itself stands on, and not a stage that something was copied from.
        package var isFinal: Bool
        package var place: LayerCause.Place?

        package init(name: String, isFinal: Bool = true, place: LayerCause.Place? = nil) {
            self.name = name
            self.isFinal = isFinal
            self.place = place
        }
    }

    /// What building the image once more gave.
    package enum Rebuild: Sendable, Hashable {
        case same
        /// In words, what differs.
        case different(String)
    }

    /// What a build once more has to be told.
    package struct RebuildOptions: Sendable, Hashable {
        /// `NAME=VALUE`, as `--build-arg` takes them.
        package var arguments: [String]
        /// `NAME=IMAGE`, as `--build-context` takes them.
        package var contexts: [String]

        package init(arguments: [String] = [], contexts: [String] = []) {
            self.arguments = arguments
            self.contexts = contexts
        }
    }

    /// The day on which exceptions and releases are looked at.
    package var today: CivilDate
    /// What names of the policy's files go from, when they are to be told from the root.
    package var workingDirectory: String?
    /// Nil when that is unknown; empty for an image that stands on nothing.
    package var bases: [Base]?
    /// When the base was made, where that is known better than from the history.
    package var baseCreated: String?
    /// Of the index; of an image alone its own.
    package var platforms: [Platform]
    /// Whether the build's context had an ignore file; nil when there is no context here.
    package var hasIgnoreFile: Bool?
    /// What growth is measured against.
    package var reference: ImageFigures?
    /// Where instructions of the final stage stand that make no layer, by their keywords; of several the last.
    package var instructions: [String: LayerCause.Place]
    /// The Dockerfile, for what no instruction is guilty of.
    package var dockerfile: LayerCause.Place?
    /// Builds the image again, and compares; nil where it can't be built here.
    package var rebuild: (@Sendable (RebuildOptions) async throws -> Rebuild)?

    package init(today: CivilDate, platforms: [Platform]) {
        self.today = today
        self.platforms = platforms
        instructions = [:]
    }
}
