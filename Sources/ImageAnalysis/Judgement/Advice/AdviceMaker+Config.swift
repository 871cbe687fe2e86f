internal import ContentStore
internal import Core
internal import Layers
internal import OCI

/// Whom the image runs as, and what it should not hold.
extension AdviceMaker {
    func onConfig() -> [Advice] { onUser() + onSecrets() + onInstalling() }

    private func onUser() -> [Advice] {
        guard isRoot, !image.layers.isEmpty else { return [] }
        let user = image.config.config.user ?? ""
        let written = dockerfile?.text(image.instructions["USER"])
        return [
            Advice(
                rule: "non-root", title: "The image runs as root", risk: 1, place: image.instructions["USER"],
                before: written ?? (user.isEmpty ? nil : "USER \(user)"), after: "USER 65532:65532")
        ]
    }

    /// Whether the image's user is the one who may do all.
    var isRoot: Bool {
        let name = (image.config.config.user ?? "").split(separator: ":").first ?? ""
        return name.isEmpty || name == "root" || name.allSatisfy { $0 == "0" }
    }

    /// Pieces on secrets: who has a hundred of them has another trouble.
    private static let secretLimit = 100

    private func onSecrets() -> [Advice] {
        var advice: [Advice] = []
        var known: Set<BytePath> = []
        for (layer, facts) in image.layers.map(\.facts).enumerated() {
            for (index, entry) in facts.contents.entries.enumerated() where facts.facts.indices.contains(index) {
                guard let secret = facts.facts[index]?.secrets.first, advice.count < Self.secretLimit,
                    known.insert(entry.path).inserted
                else { continue }
                advice.append(self.secret(secret, entry.path, origins.layer(of: entry.path, in: layer)))
            }
        }
        return advice
    }

    private func secret(_ secret: SecretFinding, _ path: BytePath, _ layer: Int) -> Advice {
        let instruction = instructions[layer]
        let isCopy = instruction.isCopy && isOwn(layer)
        let name = String(decoding: path.name, as: UTF8.self)
        let id = DockerfileWords.secretID(name)
        // A place that takes no quotes has to be a plain one; without it a secret is at /run/secrets.
        let target = DockerfileWords.isPlain(path.absolute) ? ",target=\(path.absolute)" : ""
        return Advice(
            rule: "secret",
            title: "\(AdviceText.quoted(path)) looks like a secret (\(secret.title)): whoever has "
                + "the image has it, even when a later layer deletes it",
            risk: 2, place: place(layer), before: isCopy ? nil : instruction.shown,
            after: isCopy
                ? "# .dockerignore\n**/\(DockerfileWords.ignorePattern(name))\n# and where a RUN needs it: "
                    + "--mount=type=secret,id=\(id)\(target)" : nil)
    }

    /// Debian installs what is merely recommended unless it is told not to.
    private func onInstalling() -> [Advice] {
        var advice: [Advice] = []
        for layer in image.layers.indices where isOwn(layer) {
            guard let shell = instructions[layer].shell else { continue }
            let commands = ShellCommands(shell)
            let words = commands.calls(of: ["apt-get", "apt"]).compactMap { call -> ShellCommands.Word? in
                let isTold = call.contains {
                    $0.text == "--no-install-recommends" || $0.text.contains("Install-Recommends=")
                }
                return isTold ? nil : call.first { $0.text == "install" }
            }
            guard !words.isEmpty else { continue }
            advice.append(
                Advice(
                    rule: "no-install-recommends",
                    title: "apt-get installs recommended packages too, which nobody asked for", risk: 1,
                    place: place(layer), before: instructions[layer].shown,
                    after: instructions[layer].withShell(
                        commands.inserting(" --no-install-recommends", behind: words))))
        }
        return advice
    }
}
