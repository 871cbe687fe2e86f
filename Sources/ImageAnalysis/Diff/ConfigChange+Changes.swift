internal import Core
internal import OCI

extension ImageDiff.ConfigChange {
    /// How starting one image differs from starting the other, and what they say of themselves. History and times of
    /// making are left out.
    static func changes(_ before: AnalysedImage, _ after: AnalysedImage) -> [ImageDiff.ConfigChange] {
        let (old, new) = (values(before), values(after))
        return Set(old.keys).union(new.keys).sorted().compactMap { key in
            guard old[key] != new[key] else { return nil }
            return ImageDiff.ConfigChange(key: key, before: shown(old[key], key), after: shown(new[key], key))
        }
    }

    /// Compared are values, shown is what is no secret: of a password that changed both sides look alike.
    private static func shown(_ value: String?, _ key: String) -> String? {
        value.map { SecretText.redacted($0, of: key) }
    }

    /// All that is set, by key. Lists are written as JSON, as in a Dockerfile.
    private static func values(_ image: AnalysedImage) -> [String: String] {
        let config = image.config.config
        var values: [String: String] = [:]
        values["platform"] = image.platform.description
        values["author"] = image.config.author
        values["user"] = text(config.user)
        values["workdir"] = text(config.workingDir)
        values["stopsignal"] = text(config.stopSignal)
        values["entrypoint"] = list(config.entrypoint)
        values["cmd"] = list(config.cmd)
        values["shell"] = list(config.shell)
        values["onbuild"] = list(config.onBuild)
        for variable in config.env {
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values["env." + parts[0]] = parts.count > 1 ? String(parts[1]) : ""
        }
        for (name, value) in config.labels { values["label." + name] = value }
        for port in config.exposedPorts { values["expose." + port] = port }
        for volume in config.volumes { values["volume." + volume] = volume }
        if let check = config.healthcheck {
            values["healthcheck"] = list(check.test)
            let times = [
                ("interval", check.interval), ("timeout", check.timeout), ("start-period", check.startPeriod),
                ("start-interval", check.startInterval), ("retries", check.retries.map(Int64.init)),
            ]
            for (name, time) in times { values["healthcheck." + name] = time.map(String.init) }
        }
        return values
    }

    private static func text(_ value: String?) -> String? { value.flatMap { $0.isEmpty ? nil : $0 } }

    private static func list(_ words: [String]) -> String? {
        words.isEmpty ? nil : OrderedJSON.array(words.map { .string($0) }).line
    }
}
