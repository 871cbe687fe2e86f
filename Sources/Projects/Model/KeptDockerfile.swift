/// What a Dockerfile that stays as somebody made it says of its image: what is written beside it must fit.
package struct KeptDockerfile: Sendable, Equatable {
    /// An earlier run wrote it, and somebody changed it since.
    package var isOfOurs: Bool
    /// What the last stage stands on in the end; nil where a variable hides it.
    package var base: String?
    /// Who runs the program; nil where it isn't said, or a variable hides it.
    package var user: String?
    /// `8080/tcp`; nil where variables hide them.
    package var ports: [String]?
    package var labels: Set<String> = []
    package var hasHealthcheck = false
    /// Recipes that it names: `runtime.yaml` of `base:runtime.yaml`.
    package var recipes: Set<String> = []

    package init(isOfOurs: Bool) { self.isOfOurs = isOfOurs }

    /// Nobody else has opened ports of the image.
    var isAloneWithPorts: Bool { base == "scratch" || base?.hasPrefix("base:") == true }

    /// The only port; nil where it is none or several.
    var port: Int? {
        guard let ports, ports.count == 1, ports[0].hasSuffix("/tcp") else { return nil }
        return Int(ports[0].dropLast(4))
    }
}

extension Project {
    /// Makes what is written beside a Dockerfile fit it.
    package mutating func fit(_ kept: KeptDockerfile) {
        self.kept = kept
        recipes.removeAll { !kept.recipes.contains($0.name) }
        if let keptPort = kept.port, keptPort != port {
            let told = conclusions.first { $0.about == "port" }
            conclusions.removeAll { $0.about == "port" }
            conclude(
                "port", String(keptPort),
                "EXPOSE in the Dockerfile, which is kept" + (told.map { "; \($0.what) by \($0.why)" } ?? ""))
            port = keptPort
        }
        let ids = kept.user?.split(separator: ":") ?? []
        if let keptUser = kept.user, ids.count == 2, ids.allSatisfy({ UInt32($0) != nil }) { user = keptUser }
        remarks.append(
            "the Dockerfile is kept: what is written beside it goes by what that file says (--force writes it anew)")
    }
}
