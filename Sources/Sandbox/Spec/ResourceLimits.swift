// getrlimit(2)
private import Glibc

/// Resource limits by docker's names.
enum ResourceLimits {
    static var names: Set<String> { Set(numbers.keys) }

    /// The kernel's numbers.
    private static let numbers: [String: UInt32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8,
        "as": 9,
        "locks": 10, "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]

    /// Lets the children of this process have limits that they may not raise by themselves, as is so in a user
    /// namespace. What the kernel refuses here, the runtime reports.
    static func raise(_ limits: [SandboxRequest.Ulimit]) {
        for limit in limits {
            var present = rlimit()
            guard let number = numbers[limit.name],
                getrlimit(__rlimit_resource_t(number), &present) == 0, present.rlim_max < limit.hard
            else { continue }
            present.rlim_max = rlim_t(limit.hard)
            setrlimit(__rlimit_resource_t(number), &present)
        }
    }

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
