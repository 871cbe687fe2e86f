// https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties
// Docker's additions: https://github.com/moby/docker-image-spec/blob/v1.3.1/specs-go/v1/image.go

/// How a container of an image is started, with docker's additions (health check, ONBUILD, SHELL).
package struct ContainerConfig: Hashable, Sendable, Codable {
    package var user: String?
    /// Such as `8080/tcp`.
    package var exposedPorts: Set<String>
    /// `NAME=value`, in order.
    package var env: [String]
    package var entrypoint: [String]
    package var cmd: [String]
    package var volumes: Set<String>
    package var workingDir: String?
    package var labels: [String: String]
    package var stopSignal: String?
    /// True when `cmd` is one Windows command line that is already escaped.
    package var argsEscaped: Bool
    package var healthcheck: Healthcheck?
    package var onBuild: [String]
    package var shell: [String]

    package init(
        user: String? = nil, exposedPorts: Set<String> = [], env: [String] = [], entrypoint: [String] = [],
        cmd: [String] = [], volumes: Set<String> = [], workingDir: String? = nil, labels: [String: String] = [:],
        stopSignal: String? = nil, argsEscaped: Bool = false, healthcheck: Healthcheck? = nil,
        onBuild: [String] = [], shell: [String] = []
    ) {
        self.user = user
        self.exposedPorts = exposedPorts
        self.env = env
        self.entrypoint = entrypoint
        self.cmd = cmd
        self.volumes = volumes
        self.workingDir = workingDir
        self.labels = labels
        self.stopSignal = stopSignal
        self.argsEscaped = argsEscaped
        self.healthcheck = healthcheck
        self.onBuild = onBuild
        self.shell = shell
    }

    /// How docker asks a container whether it is well. Times are in nanoseconds; absent means docker's default.
    package struct Healthcheck: Hashable, Sendable, Codable {
        /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", command]`; empty inherits.
        package var test: [String]
        package var interval: Int64?
        package var timeout: Int64?
        package var startPeriod: Int64?
        package var startInterval: Int64?
        package var retries: Int?

        package init(
            test: [String], interval: Int64? = nil, timeout: Int64? = nil, startPeriod: Int64? = nil,
            startInterval: Int64? = nil, retries: Int? = nil
        ) {
            self.test = test
            self.interval = interval
            self.timeout = timeout
            self.startPeriod = startPeriod
            self.startInterval = startInterval
            self.retries = retries
        }

        private enum CodingKeys: String, CodingKey {
            case test = "Test"
            case interval = "Interval"
            case timeout = "Timeout"
            case startPeriod = "StartPeriod"
            case startInterval = "StartInterval"
            case retries = "Retries"
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            test = try container.decodeIfPresent([String].self, forKey: .test) ?? []
            interval = try container.decodeIfPresent(Int64.self, forKey: .interval)
            timeout = try container.decodeIfPresent(Int64.self, forKey: .timeout)
            startPeriod = try container.decodeIfPresent(Int64.self, forKey: .startPeriod)
            startInterval = try container.decodeIfPresent(Int64.self, forKey: .startInterval)
            retries = try container.decodeIfPresent(Int.self, forKey: .retries)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeUnlessEmpty(test, forKey: .test)
            try container.encodeUnlessZero(interval, forKey: .interval)
            try container.encodeUnlessZero(timeout, forKey: .timeout)
            try container.encodeUnlessZero(startPeriod, forKey: .startPeriod)
            try container.encodeUnlessZero(startInterval, forKey: .startInterval)
            try container.encodeUnlessZero(retries, forKey: .retries)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case user = "User"
        case exposedPorts = "ExposedPorts"
        case env = "Env"
        case entrypoint = "Entrypoint"
        case cmd = "Cmd"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case argsEscaped = "ArgsEscaped"
        case healthcheck = "Healthcheck"
        case onBuild = "OnBuild"
        case shell = "Shell"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        user = try container.decodeNonEmpty(forKey: .user)
        exposedPorts = try container.decodeSet(forKey: .exposedPorts)
        env = try container.decodeIfPresent([String].self, forKey: .env) ?? []
        entrypoint = try container.decodeIfPresent([String].self, forKey: .entrypoint) ?? []
        cmd = try container.decodeIfPresent([String].self, forKey: .cmd) ?? []
        volumes = try container.decodeSet(forKey: .volumes)
        workingDir = try container.decodeNonEmpty(forKey: .workingDir)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        stopSignal = try container.decodeNonEmpty(forKey: .stopSignal)
        argsEscaped = try container.decodeIfPresent(Bool.self, forKey: .argsEscaped) ?? false
        healthcheck = try container.decodeIfPresent(Healthcheck.self, forKey: .healthcheck)
        onBuild = try container.decodeIfPresent([String].self, forKey: .onBuild) ?? []
        shell = try container.decodeIfPresent([String].self, forKey: .shell) ?? []
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeUnlessEmpty(user, forKey: .user)
        try container.encodeSet(exposedPorts, forKey: .exposedPorts)
        try container.encodeUnlessEmpty(env, forKey: .env)
        try container.encodeUnlessEmpty(entrypoint, forKey: .entrypoint)
        try container.encodeUnlessEmpty(cmd, forKey: .cmd)
        try container.encodeSet(volumes, forKey: .volumes)
        try container.encodeUnlessEmpty(workingDir, forKey: .workingDir)
        try container.encodeUnlessEmpty(labels, forKey: .labels)
        try container.encodeUnlessEmpty(stopSignal, forKey: .stopSignal)
        if argsEscaped { try container.encode(true, forKey: .argsEscaped) }
        try container.encodeIfPresent(healthcheck, forKey: .healthcheck)
        try container.encodeUnlessEmpty(onBuild, forKey: .onBuild)
        try container.encodeUnlessEmpty(shell, forKey: .shell)
    }
}
