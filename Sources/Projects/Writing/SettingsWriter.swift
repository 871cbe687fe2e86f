/// `sampan.yaml`: what the image must be.
enum SettingsWriter {
    static func file(_ project: Project) -> WrittenFile {
        var lines = [
            "# Written by \(WrittenFile.mark): a new run updates this file until somebody changes it.",
            "# What images of this project must be: sampan check IMAGE judges by it. docs/check.md has all rules.",
            "policy:",
        ]
        if let kept = project.kept {
            lines += rules(project, kept)
        } else {
            let isBare = isBare(project)
            lines += size(project, isBare) + ["  user:", "    non-root: true", "    numeric: true"]
            lines += content(project, isBare)
            if let port = project.port { lines += ["  ports:", "    allowed: [\(port)/tcp]"] }
            lines += labels
            if project.healthCommand != nil { lines += healthcheck }
        }
        return WrittenFile("sampan.yaml", lines.joined(separator: "\n") + "\n")
    }

    /// What the image of somebody's own Dockerfile can be held to: what the file says itself.
    private static func rules(_ project: Project, _ kept: KeptDockerfile) -> [String] {
        let isOnOurs = kept.isOfOurs && kept.base == project.runtime.image
        var lines = isOnOurs ? size(project, isBare(project)) : []
        let id = kept.user?.prefix { $0 != ":" } ?? ""
        if !id.isEmpty, id != "root", UInt32(id) != 0 {
            lines += ["  user:", "    non-root: true"]
            if UInt32(id) != nil { lines += ["    numeric: true"] }
        }
        lines += isOnOurs ? content(project, isBare(project)) : ["  secrets: true"]
        if let ports = kept.ports, !ports.isEmpty, kept.isAloneWithPorts {
            lines += ["  ports:", "    allowed: [\(ports.joined(separator: ", "))]"]
        }
        let held = required.filter(kept.labels.contains)
        if !held.isEmpty { lines += labels(held) }
        if kept.hasHealthcheck { lines += healthcheck }
        return lines
    }

    private static func isBare(_ project: Project) -> Bool {
        project.runtime.image == "scratch" || project.runtime.image.hasPrefix("base:")
    }

    private static func size(_ project: Project, _ isBare: Bool) -> [String] {
        ["  size:", "    max: \(isBare ? project.maxSize : "150MB")"]
    }

    /// What the layers may hold.
    private static func content(_ project: Project, _ isBare: Bool) -> [String] {
        var lines = project.policy.map { "  " + $0 } + ["  secrets: true", "  world-writable: true"]
        // A whole distribution has su and mount.
        lines += isBare ? ["  setuid: true"] : ["  setuid:", "    mode: warn"]
        if isBare { lines += ["  shells: true", "  package-managers: true", "  toolchains: true"] }
        return lines
    }

    private static let required = ["title", "version", "revision"].map { "org.opencontainers.image." + $0 }
    private static var labels: [String] { labels(required) }
    private static func labels(_ names: [String]) -> [String] {
        ["  labels:", "    required: [\(names.joined(separator: ", "))]"]
    }
    private static let healthcheck = ["  healthcheck:", "    expect: present"]
}
