/// `sampan.yaml`: what the image must be.
enum SettingsWriter {
    static func file(_ project: Project) -> WrittenFile {
        let isBare = project.runtime.image == "scratch" || project.runtime.image.hasPrefix("base:")
        var lines = [
            "# Written by \(WrittenFile.mark): a new run updates this file until somebody changes it.",
            "# What images of this project must be: sampan check IMAGE judges by it. docs/check.md has all rules.",
            "policy:", "  size:", "    max: \(isBare ? project.maxSize : "150MB")", "  user:", "    non-root: true",
            "    numeric: true",
        ]
        lines += project.policy.map { "  " + $0 }
        lines += ["  secrets: true", "  world-writable: true"]
        // A whole distribution has su and mount.
        lines += isBare ? ["  setuid: true"] : ["  setuid:", "    mode: warn"]
        if isBare { lines += ["  shells: true", "  package-managers: true", "  toolchains: true"] }
        if let port = project.port { lines += ["  ports:", "    allowed: [\(port)/tcp]"] }
        lines += [
            "  labels:",
            "    required: [org.opencontainers.image.title, org.opencontainers.image.version, org.opencontainers.image.revision]",
        ]
        if project.healthCommand != nil { lines += ["  healthcheck:", "    expect: present"] }
        return WrittenFile("sampan.yaml", lines.joined(separator: "\n") + "\n")
    }
}
