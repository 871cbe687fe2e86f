import Bases
import BuildGraph

/// Bases whose packages are configured need the sandbox, as RUN does.
enum ConfiguredBases {
    /// Whether the stages that a build needs stand on such a base. A recipe that can't be read is an error elsewhere.
    static func areNamed(by graph: StageGraph, _ request: BuildRequest) -> Bool {
        graph.needed.contains { index in
            guard case .external(var name) = graph.nodes[index].base else { return false }
            if case .image(let image) = request.namedContexts[name] { name = image }
            guard case .base(let recipe) = try? ImageName(parsing: name) else { return false }
            return (try? RecipeChain.load(recipe).isConfigured) ?? false
        }
    }
}
