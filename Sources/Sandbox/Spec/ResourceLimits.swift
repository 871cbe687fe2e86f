// getrlimit(2)

/// Resource limits by docker's names.
enum ResourceLimits {
    static let names: Set<String> = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
        "rtprio", "rttime", "sigpending", "stack",
    ]

    static func specification(_ limits: [SandboxRequest.Ulimit]) throws(SandboxError) -> [RuntimeSpec.ResourceLimit] {
        var out: [RuntimeSpec.ResourceLimit] = []
        for limit in limits {
            guard names.contains(limit.name) else { throw .unknownUlimit(limit.name) }
            out.append(
                RuntimeSpec.ResourceLimit(
                    type: "RLIMIT_" + limit.name.uppercased(), soft: limit.soft, hard: limit.hard))
        }
        return out
    }
}
