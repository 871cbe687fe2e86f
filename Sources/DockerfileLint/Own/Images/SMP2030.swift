import Core
import DockerfileSyntax
import Inventory

/// A base that nobody mends any more.
enum SMP2030: LintRule {
    static let info = RuleInfo(
        "SMP2030", .sampan, .warning, "Base image's release gets no security fixes any more",
        why: """
            Known holes of such a release stay open, and its packages leave the servers one day, so that builds fail. Go \
            to a release that is supported. The days are those of a table in the program, which says where it has them \
            from; what the project itself says now counts more.
            """,
        bad: .init("FROM debian:buster-slim\n"), good: .init("FROM debian:trixie-slim\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let today = file.settings.today else { return }
        for stage in file.stages where stage.parent == nil {
            guard let text = file.image(of: stage), text != "scratch" else { continue }
            let ended = releases(of: ImageIdentity(text)).first { release in
                ReleaseTable.day(release.end).map { $0.daysSince1970 < Int64(today) } ?? false
            }
            guard let ended else { continue }
            report.add(
                stage.from.image.range, in: file.statements[stage.statements.lowerBound],
                "\(ended.name) has had no security fixes since \(ended.end)")
        }
    }

    private struct Release {
        var name: String
        var end: String
    }

    /// Of the distribution and of what the image is for.
    private static func releases(of image: ImageIdentity) -> [Release] {
        var out: [Release] = []
        if let product = LanguageReleases.product(ofImage: image.name),
            let version = version(image.tagParts.first ?? "", depth: product.depth), let end = product.ends[version]
        {
            out.append(Release(name: "\(product.name) \(version)", end: end))
        }
        if let (id, release) = distribution(image),
            let row = ReleaseTable.distributions.first(where: { $0.id == id })?.rows.first(where: {
                $0.release == release
            })
        {
            out.append(Release(name: "\(names[id] ?? id) \(release)", end: row.end))
        }
        return out
    }

    private static let names = [
        "debian": "Debian", "ubuntu": "Ubuntu", "alpine": "Alpine", "fedora": "Fedora", "centos": "CentOS",
        "rocky": "Rocky Linux", "almalinux": "AlmaLinux",
    ]

    /// By the image's name, or by a part of its tag such as `bullseye` and `alpine3.18`.
    private static func distribution(_ image: ImageIdentity) -> (id: String, release: String)? {
        let first = image.tagParts.first ?? ""
        switch image.name {
        case "debian", "buildpack-deps": if let release = version(first, depth: 1) { return ("debian", release) }
        case "ubuntu", "alpine": if let release = version(first, depth: 2) { return (image.name, release) }
        case "fedora", "centos", "almalinux": if let release = version(first, depth: 1) { return (image.name, release) }
        case "rockylinux", "rockylinux/rockylinux":
            if let release = version(first, depth: 1) { return ("rocky", release) }
        default: if !isOfficial(image.name) { return nil }
        }
        for part in image.tagParts {
            if let known = LanguageReleases.codeNames[part] { return known }
            if part.hasPrefix("alpine"), let release = version(part.dropFirst(6), depth: 2) {
                return ("alpine", release)
            }
        }
        return nil
    }

    /// Tags mean something only where one project gives them.
    private static func isOfficial(_ name: String) -> Bool { !name.contains("/") }

    /// The first numbers of a version: `3.18.4` is `3.18`; nil when it isn't as exact as that, or no version.
    private static func version(_ text: Substring, depth: Int) -> String? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }) else {
            return nil
        }
        let parts = text.split(separator: ".")
        guard parts.count >= depth else { return nil }
        return parts.prefix(depth).joined(separator: ".")
    }
}
