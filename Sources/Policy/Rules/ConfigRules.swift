import Core
import DockerfileSyntax
import ImageAnalysis
import OCI

/// The ports that an image says it listens on.
enum PortsRule: PolicyRule {
    static let name = "ports"
    static let title = "the image listens on ports that are allowed"
    static let help = "Ports below 1024 need a right that ordinary users of many hosts don't have."
    static let keys = [
        SettingKey("allowed", .ports, "The ports that may be exposed: 8080, 53/udp, 9000-9010."),
        SettingKey("privileged", .flag, "Whether ports below 1024 may be exposed; false unless said otherwise."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let place = input.place(of: "EXPOSE")
        var findings: [PolicyFinding] = []
        for text in input.image.config.config.exposedPorts.sorted() {
            guard let port = PortRange(parsing: text) else {
                findings.append(PolicyFinding("'\(text)' is no port", place: place))
                continue
            }
            if let allowed = settings.ports("allowed") {
                if !allowed.contains(where: { $0.contains(port) }) {
                    findings.append(
                        PolicyFinding("port \(text) is not among those allowed", key: "allowed", place: place))
                }
            } else if settings.flag("privileged") != true, port.ports.lowerBound < 1024 {
                findings.append(
                    PolicyFinding(
                        "port \(text) is below 1024", hint: "listen on a higher port, and map it where it is published",
                        key: "privileged", place: place))
            }
        }
        return findings
    }
}

/// Whether an image says how to ask if it is well.
enum HealthcheckRule: PolicyRule {
    static let name = "healthcheck"
    static let title = "the health check is as wanted"
    static let help =
        "Docker and Podman restart what is not well when the image says how to ask. Kubernetes does not look at it."
    static let keys = [
        SettingKey(
            "expect", .choice(["present", "absent"]), "Whether there must be one, which it is unless said otherwise.")
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let check = input.image.config.config.healthcheck
        let isPresent = check.map { !$0.test.isEmpty && $0.test != ["NONE"] } ?? false
        let wanted = settings.choice("expect") != "absent"
        guard isPresent != wanted else { return [] }
        return [
            PolicyFinding(
                wanted ? "there is no health check" : "there is a health check",
                hint: wanted
                    ? "add HEALTHCHECK CMD [\"/program\", \"health\"]"
                    : "take HEALTHCHECK out, or write HEALTHCHECK NONE",
                key: "expect", place: input.place(of: "HEALTHCHECK"))
        ]
    }
}

/// What an image says of itself in labels.
enum LabelsRule: PolicyRule {
    static let name = "labels"
    static let title = "the labels are as wanted"
    static let help = "Labels say whose an image is and which source it was built from."
    static let keys = [
        SettingKey("required", .texts, "Labels that must be there and not be empty."),
        SettingKey("forbidden", .texts, "Labels that must not be there, as patterns: com.example.internal.*"),
        SettingKey("values", .pairs, "What labels must be, as patterns; those that are not there are no matter."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let labels = input.image.config.config.labels
        let place = input.place(of: "LABEL")
        var findings: [PolicyFinding] = []
        for name in settings.texts("required") where (labels[name] ?? "").isEmpty {
            findings.append(
                PolicyFinding(
                    "the label \(name) is missing", hint: "add LABEL \(name)=…, or build with --label", key: "required",
                    place: place))
        }
        for pattern in settings.texts("forbidden") {
            for name in labels.keys.sorted() where matches(pattern, name) {
                findings.append(PolicyFinding("the label \(name) is not allowed", key: "forbidden", place: place))
            }
        }
        for pair in settings.pairs("values") {
            guard let value = labels[pair.key], !matches(pair.value, value) else { continue }
            findings.append(
                PolicyFinding(
                    "the label \(pair.key) is '\(SecretText.redacted(value, of: pair.key))', which '\(pair.value)' does not match",
                    key: "values",
                    place: place))
        }
        return findings
    }

    /// `*` stands for anything here, slashes too.
    private static func matches(_ pattern: String, _ text: String) -> Bool {
        let pieces = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
        var rest = Array(text.utf8)[...]
        guard let first = pieces.first, let last = pieces.last, rest.starts(with: first) else { return false }
        guard pieces.count > 1 else { return rest.count == first.count }
        rest = rest.dropFirst(first.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let range = rest.firstRange(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
    }
}

/// The platforms that an image is there for.
enum PlatformsRule: PolicyRule {
    static let name = "platforms"
    static let title = "the image is there for all platforms"
    static let help = "An index whose platform is missing can't be started there at all."
    static let keys = [SettingKey("required", .platforms, "Platforms that must be there: linux/amd64, linux/arm64.")]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let there = Set(input.context.platforms.map(\.description))
        return settings.texts("required").filter { !there.contains($0) }.map { platform in
            PolicyFinding(
                "there is no image for \(platform)",
                hint: "build for it too: --platform " + settings.texts("required").joined(separator: ","),
                key: "required", place: input.dockerfile)
        }
    }
}
