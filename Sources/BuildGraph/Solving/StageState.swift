package import ContentStore
package import Core
import Layers
package import OCI

/// What a stage has become after some of its instructions.
package struct StageState: Sendable {
    package var layers: [LayerRef] = []
    package var image: ImageConfig
    package var platform: Platform
    /// Variables that instructions see: those of the image, then ARGs, in the order of their making.
    package var environment: Environment
    /// ARGs of this stage, for the history text of RUN.
    package var arguments: [(name: String, value: String?)] = []
    /// Whether CMD was set in this stage; ENTRYPOINT resets an inherited one.
    package var setsCommand = false
    /// True when nothing below can come from the cache.
    package var base: BaseImage?
    /// Where the instructions stand that made ``layers``, and those that made the configuration.
    package var sources = ImageSources()
    /// The steps that led here, those of stages below included; what an export of the cache is made of.
    var steps: [TracedStep] = []

    package var workdir: String { image.config.workingDir.flatMap { $0.isEmpty ? nil : $0 } ?? "/" }

    package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The start of a stage that stands on nothing.
    package static func scratch(_ platform: Platform) -> StageState {
        var image = ImageConfig(
            created: nil, author: nil, platform: platform, config: ContainerConfig(), diffIDs: [], history: [])
        image.config.env = ["PATH=" + defaultPath]
        image.config.workingDir = "/"
        return StageState(image: image, platform: platform, environment: Environment(image.config.env))
    }
}

/// Variables in the order of their making; setting one again keeps its place.
package struct Environment: Sendable {
    private var order: [String] = []
    private var values: [String: String] = [:]

    package init(_ list: [String] = []) {
        for item in list {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            self[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
    }

    package subscript(name: String) -> String? {
        get { values[name] }
        set {
            if values[name] == nil, newValue != nil { order.append(name) }
            if newValue == nil { order.removeAll { $0 == name } }
            values[name] = newValue
        }
    }

    /// `NAME=value` for each.
    package var list: [String] { order.map { "\($0)=\(values[$0] ?? "")" } }

    package var names: [String] { order }
}
