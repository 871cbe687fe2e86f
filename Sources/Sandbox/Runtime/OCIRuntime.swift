// https://github.com/opencontainers/runtime-spec

/// A program that runs containers: crun, runc or youki.
package struct OCIRuntime: Codable, Hashable, Sendable {
    /// An absolute path.
    package var path: String
    /// The name that tells its peculiarities; unknown ones are taken to be like runc.
    package var name: String

    package init(path: String, name: String) {
        self.path = path
        self.name = name
    }

    /// The arguments that start a container and return when its program runs.
    func arguments(
        bundle: String, state: String, log: String, pidFile: String, console: String?, identifier: String,
        rootless: Bool
    ) -> [String] {
        var out = ["--root", state, "--log", log, "--log-format", "json"]
        // crun then does not look at control groups at all, which a user namespace may not change anyway.
        if name == "crun", rootless { out.append("--cgroup-manager=disabled") }
        out += ["run", "--detach", "--bundle", bundle, "--pid-file", pidFile]
        if let console { out += ["--console-socket", console] }
        return out + [identifier]
    }
}
