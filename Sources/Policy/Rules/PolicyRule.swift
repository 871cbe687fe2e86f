package import Core
package import ImageAnalysis
import Layers

/// Something that a policy can ask of an image.
package protocol PolicyRule: Sendable {
    /// Its key in the policy.
    static var name: String { get }
    /// What it asks, as a sentence without a full stop.
    static var title: String { get }
    /// Why, and what to do, for people.
    static var help: String { get }
    static var keys: [SettingKey] { get }

    /// Where the rule does not hold; none when it does.
    static func findings(_ settings: RuleSettings, _ input: PolicyInput) async throws -> [PolicyFinding]
}

/// What rules look at.
package struct PolicyInput: Sendable {
    package let explanation: Explanation
    package let context: PolicyContext
    /// All paths of the image's tree, in path order.
    let nodes: [FileTree.Node]
    private let origins: ContentOrigins

    package init(_ explanation: Explanation, _ context: PolicyContext) throws {
        self.explanation = explanation
        self.context = context
        nodes = try explanation.image.tree.nodes()
        origins = ContentOrigins(explanation.waste)
    }

    var image: AnalysedImage { explanation.image }

    /// The instruction that made a layer.
    func place(ofLayer layer: Int) -> LayerCause.Place? {
        image.layers.indices.contains(layer) ? image.layers[layer].cause.place : nil
    }

    /// The instruction that wrote what is at a path, and none that gave it another owner or mode later.
    func place(of node: FileTree.Node) -> LayerCause.Place? {
        let origin =
            node.entry.isDirectory
            ? origins.layer(ofDirectory: node.path, in: node.layer) : origins.layer(of: node.path, in: node.layer)
        return place(ofLayer: origin) ?? place(ofLayer: node.layer)
    }

    /// What nothing else is guilty of.
    var dockerfile: LayerCause.Place? { context.dockerfile ?? image.instructions["FROM"] }

    /// The instruction that sets something of the config; where there is none, where the Dockerfile would want one.
    func place(of keyword: String) -> LayerCause.Place? {
        image.instructions[keyword] ?? context.instructions[keyword] ?? dockerfile
    }
}

/// One place where a rule does not hold.
package struct PolicyFinding: Sendable {
    /// A sentence without a full stop.
    package var message: String
    package var hint: String?
    /// The setting that it is against; nil for the rule as such.
    package var key: String?
    package var path: BytePath?
    package var place: LayerCause.Place?
    /// Bytes of what it is about: of many findings the heaviest are told first.
    package var weight: Int64 = 0
    /// Whether nothing was found but that what the rule must know is not known.
    package var isUnjudged = false
    /// Further findings of the rule that stand for themselves and are only counted.
    package var others = 0

    package init(
        _ message: String, hint: String? = nil, key: String? = nil, path: BytePath? = nil,
        place: LayerCause.Place? = nil, weight: Int64 = 0
    ) {
        self.weight = weight
        self.message = message
        self.hint = hint
        self.key = key
        self.path = path
        self.place = place
    }

    /// What is not known breaks the rule: a policy that passes says that the image keeps it.
    /// - Parameters:
    ///   - reason: a sentence without a full stop, of what is not known.
    ///   - hint: how to make it known, or not to ask.
    static func unjudged(
        _ reason: String, hint: String, key: String? = nil, place: LayerCause.Place? = nil
    ) -> PolicyFinding {
        var finding = PolicyFinding("not judged: " + reason, hint: hint, key: key, place: place)
        finding.isUnjudged = true
        return finding
    }
}
