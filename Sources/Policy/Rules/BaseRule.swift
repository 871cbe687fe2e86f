import Core
import DockerfileSyntax
import ImageAnalysis
import OCI

/// What an image may stand on.
enum BaseRule: PolicyRule {
    static let name = "base"
    static let title = "the base is one that is allowed, pinned and alive"
    static let help =
        "A tag may name another image tomorrow; a release that is no longer supported gets no security fixes."
    static let keys = [
        SettingKey(
            "allowed", .texts,
            "Patterns of images, such as docker.io/library/debian:12*, gcr.io/distroless/** or base:*; the tag may be left out. scratch is always allowed."
        ),
        SettingKey("digest", .flag, "Whether images must be named with their digest."),
        SettingKey("max-age", .days, "How old the base may be, such as 90d."),
        SettingKey("supported", .flag, "Whether the distribution's release must still get security fixes."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) throws -> [PolicyFinding] {
        var findings: [PolicyFinding] = []
        if let bases = bases(input) {
            for base in bases {
                if settings.values["allowed"] != nil, base.isFinal { findings += allowed(base, settings) }
                if settings.flag("digest") == true { findings += pinned(base) }
            }
        } else {
            let unknown = "which base the image has is unknown: neither a Dockerfile nor its annotations say so"
            let hint =
                "name the Dockerfile with --file or its context with --context, or build with the annotation \(Annotation.baseName)"
            for key in ["allowed", "digest"] where settings.values[key] != nil && settings.flag(key) != false {
                findings.append(.unjudged(unknown, hint: hint, key: key, place: input.dockerfile))
            }
        }
        if let days = settings.count("max-age") { findings += age(days, input) }
        if settings.flag("supported") == true { findings += try support(input) }
        return findings
    }

    /// Nil when nobody says.
    private static func bases(_ input: PolicyInput) -> [PolicyContext.Base]? {
        if let bases = input.context.bases { return bases }
        let labels = input.image.config.config.labels
        guard let name = labels[Annotation.baseName], !name.isEmpty else { return nil }
        let digest = labels[Annotation.baseDigest].map { name.contains("@") ? "" : "@" + $0 } ?? ""
        return [PolicyContext.Base(name: name + digest)]
    }

    private static func isOwn(_ name: String) -> Bool { name == "scratch" || name.hasPrefix("base:") }

    private static func allowed(_ base: PolicyContext.Base, _ settings: RuleSettings) -> [PolicyFinding] {
        guard base.name != "scratch" else { return [] }
        let spellings = spellings(base.name)
        let isAllowed = settings.texts("allowed").contains { text in
            guard let matcher = try? GlobMatcher(text, doubleStars: true) else { return false }
            return spellings.contains { matcher.matches($0) }
        }
        guard !isAllowed else { return [] }
        return [
            PolicyFinding(
                "the base \(base.name) is not among those allowed",
                hint: "allowed are: " + settings.texts("allowed").joined(separator: ", "), key: "allowed",
                place: base.place)
        ]
    }

    /// The ways to write a name, with and without what can be left out.
    private static func spellings(_ name: String) -> [String] {
        let plain = name.split(separator: "@").first.map(String.init) ?? name
        guard let reference = try? Reference(parsing: name) else { return [name, plain] }
        let tag = reference.tag.map { ":" + $0 } ?? ""
        let full = reference.registry + "/" + reference.repository
        var short = reference.familiar.split(separator: "@").first.map(String.init) ?? ""
        if !tag.isEmpty, short.hasSuffix(tag) { short.removeLast(tag.count) }
        return [name, plain, full, full + tag, short, short + tag]
    }

    private static func pinned(_ base: PolicyContext.Base) -> [PolicyFinding] {
        guard !isOwn(base.name), !base.name.contains("@sha256:") else { return [] }
        return [
            PolicyFinding(
                "\(base.name) is not pinned to a digest",
                hint: "write \(base.name)@sha256:…, which sampan digest \(base.name) prints",
                key: "digest", place: base.place)
        ]
    }

    /// By the last layer that the base brought.
    private static func age(_ limit: Int, _ input: PolicyInput) -> [PolicyFinding] {
        let layers = input.image.layers
        if input.context.bases?.contains(where: { $0.isFinal && isOwn($0.name) }) == true { return [] }
        // Layers of the build itself have places; of images of others nothing is known but the first layer.
        let own = layers.firstIndex { $0.cause.place != nil }
        let last = own.map { $0 - 1 } ?? 0
        let created = input.context.baseCreated ?? (layers.indices.contains(last) ? layers[last].cause.created : nil)
        guard let created, let day = Day.of(moment: created) else {
            return [
                .unjudged(
                    "the age of the base is unknown, for it names no day",
                    hint: "bases that are built reproducibly have none; leave 'max-age' out for them", key: "max-age",
                    place: input.place(of: "FROM"))
            ]
        }
        let age = input.context.today.daysSince1970 - day.daysSince1970
        guard age > limit else { return [] }
        return [
            PolicyFinding(
                "the base is of \(Day.text(day)), \(age) days old; \(limit) are allowed",
                hint: "take its newest build", key: "max-age", place: input.place(of: "FROM"))
        ]
    }

    private static func support(_ input: PolicyInput) throws -> [PolicyFinding] {
        guard let release = try DistributionRelease.of(input.image) else { return [] }
        let end: CivilDate
        switch release.end {
        case .rolling: return []
        case .day(let day): end = day
        case .unknown:
            return [
                .unjudged(
                    "how long \(SafeText.text(release.name)) is supported is unknown",
                    hint: "ask its distribution, and write an exception for 'base' to that day, or 'supported: false'",
                    key: "supported", place: input.place(of: "FROM"))
            ]
        }
        guard end.daysSince1970 < input.context.today.daysSince1970 else { return [] }
        return [
            PolicyFinding(
                "\(SafeText.text(release.name)) has had no security fixes since \(Day.text(end))",
                hint: "take a release that is supported", key: "supported", place: input.place(of: "FROM"))
        ]
    }
}
