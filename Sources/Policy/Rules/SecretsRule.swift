import Core
import ImageAnalysis
import Layers
import OCI

/// Secrets in any layer, or in what the image says of itself.
enum SecretsRule: PolicyRule {
    static let name = "secrets"
    static let title = "the image holds no secrets"
    static let help =
        "Who can pull an image can read all its layers, those of files that a later layer removes too. A secret that was in one must be replaced."
    static let keys = [
        SettingKey("allow", .paths, "Files that may hold what looks like a secret, such as keys of tests.")
    ]

    private static let hint =
        "give it to the build with RUN --mount=type=secret, or to the container when it starts; and replace it, for it was in an image"

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let allowed = settings.paths("allow")
        var list = FindingList()
        for (index, layer) in input.image.layers.enumerated() {
            for (entry, facts) in zip(layer.facts.contents.entries, layer.facts.facts) {
                guard let secrets = facts?.secrets, !secrets.isEmpty,
                    !allowed.contains(where: { $0.matches(entry.path) })
                else { continue }
                for secret in secrets { list.add(finding(secret, entry, index, input)) }
            }
        }
        config(input, &list)
        return list.findings
    }

    private static func finding(
        _ secret: SecretFinding, _ entry: Entry, _ layer: Int, _ input: PolicyInput
    ) -> PolicyFinding {
        let node = try? input.image.tree.lookup(entry.path, followLinks: false)
        let gone = node?.layer == layer ? "" : ", which a later layer hides and does not remove"
        let line = secret.line.map { ":\($0)" } ?? ""
        return PolicyFinding(
            "\(secret.title) in \(SafeText.path(entry.path))\(line)\(gone)", hint: hint, path: entry.path,
            place: input.place(ofLayer: layer))
    }

    private static func config(_ input: PolicyInput, _ list: inout FindingList) {
        let config = input.image.config
        for variable in config.config.env {
            let name = variable.prefix { $0 != "=" }
            for secret in SecretScanner.scan(variable: variable) {
                list.add(
                    PolicyFinding(
                        "\(secret.title) in the variable \(name)", hint: hint, place: input.place(of: "ENV")))
            }
        }
        for (key, value) in config.config.labels.sorted(by: { $0.key < $1.key }) {
            for secret in SecretScanner.scan(text: value) {
                list.add(
                    PolicyFinding("\(secret.title) in the label \(key)", hint: hint, place: input.place(of: "LABEL")))
            }
        }
        for text in config.config.entrypoint + config.config.cmd {
            for secret in SecretScanner.scan(text: text) {
                list.add(
                    PolicyFinding("\(secret.title) in what the image starts", hint: hint, place: input.place(of: "CMD"))
                )
            }
        }
        var seen: Set<SecretFinding> = []
        for (index, history) in config.history.enumerated() {
            for secret in SecretScanner.scan(text: history.createdBy ?? "") where seen.insert(secret).inserted {
                list.add(
                    PolicyFinding(
                        "\(secret.title) in entry \(index + 1) of the history", hint: hint,
                        place: input.dockerfile))
            }
        }
    }
}
