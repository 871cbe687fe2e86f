// https://distribution.github.io/distribution/spec/auth/scope/

/// What a request does, as far as its token is concerned.
enum RegistryAccess: Hashable, Sendable {
    case pull
    case push
    /// A push that takes a blob out of another repository of the registry.
    case mount(from: String)

    /// The scope to ask a token for: the one that the registry offered, widened to what is about to be done, so that a
    /// push needs one token and not a second one after its first look.
    func scope(for repository: String, offered: String?) -> String {
        let pull = offered.flatMap { $0.isEmpty ? nil : $0 } ?? "repository:\(repository):pull"
        switch self {
        case .pull: return pull
        case .push: return Self.widened(pull)
        case .mount(let source):
            let wanted = Self.widened(pull)
            let isCovered = wanted.split(separator: " ").contains { $0.hasPrefix("repository:\(source):") }
            return isCovered ? wanted : wanted + " repository:\(source):pull"
        }
    }

    /// Adds the right to push to the first repository that a scope names.
    private static func widened(_ scope: String) -> String {
        var scopes = scope.split(separator: " ").map(String.init)
        guard let index = scopes.firstIndex(where: { $0.hasPrefix("repository") }),
            let colon = scopes[index].lastIndex(of: ":")
        else { return scope }
        let actions = scopes[index][scopes[index].index(after: colon)...].split(separator: ",")
        if !actions.contains("push"), !actions.contains("*") { scopes[index] += ",push" }
        return scopes.joined(separator: " ")
    }
}
