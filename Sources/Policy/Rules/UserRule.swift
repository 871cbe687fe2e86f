import Core
import ImageAnalysis
import Layers
import OCI

/// Whom an image runs as.
enum UserRule: PolicyRule {
    static let name = "user"
    static let title = "the image runs as an ordinary user"
    static let help =
        "Who breaks into a process that is root is root in the container. Kubernetes can tell that a user is not root by its number alone."
    static let keys = [
        SettingKey("non-root", .flag, "Whether the user may not be root; true unless said otherwise."),
        SettingKey("numeric", .flag, "Whether the user must be a number; true unless said otherwise."),
        SettingKey("allowed", .texts, "The users that may be set, as USER has them: 65532, 1000:1000."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) throws -> [PolicyFinding] {
        let said = input.image.config.config.user ?? ""
        let user =
            said.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let place = input.place(of: "USER")
        var findings: [PolicyFinding] = []
        let number = UInt32(user)
        let isRoot = user.isEmpty || number == 0 || user == "root" || number == nil && id(of: user, input.image) == 0
        if settings.flag("non-root") ?? true, isRoot {
            findings.append(
                PolicyFinding(
                    said.isEmpty ? "no user is set, so the image runs as root" : "the user '\(said)' is root",
                    hint: "add USER 65532:65532 to the last stage", key: "non-root", place: place))
        } else if settings.flag("non-root") ?? true, settings.flag("numeric") == false, number == nil,
            id(of: user, input.image) == nil
        {
            findings.append(
                .unjudged(
                    "whether the user '\(said)' is root is unknown, for the image has no such user",
                    hint: "write a number in USER, or add the user to /etc/passwd", key: "non-root", place: place))
        } else if settings.flag("numeric") ?? true, number == nil, !user.isEmpty {
            let id = id(of: user, input.image).map { ", which is \($0)" } ?? ""
            findings.append(
                PolicyFinding(
                    "the user '\(said)' is a name, not a number", hint: "write the number in USER\(id)", key: "numeric",
                    place: place))
        }
        if settings.values["allowed"] != nil, !settings.texts("allowed").contains(where: { $0 == said || $0 == user }) {
            findings.append(
                PolicyFinding(
                    "the user '\(said)' is not among those allowed",
                    hint: "allowed are: " + settings.texts("allowed").joined(separator: ", "), key: "allowed",
                    place: place))
        }
        return findings
    }

    /// The number of a user by the image's own list.
    private static func id(of user: String, _ image: AnalysedImage) -> UInt32? {
        guard let node = try? image.tree.lookup("etc/passwd"), let bytes = image.facts(of: node)?.captured else {
            return nil
        }
        for line in bytes.split(separator: 0x0a) {
            let fields = line.split(separator: 0x3a, maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count > 2, Array(fields[0]) == Array(user.utf8) else { continue }
            return UInt32(String(decoding: fields[2], as: UTF8.self))
        }
        return nil
    }
}
