package import HTTPTransport

/// How each registry is reached, from all that says something about it: flags with their twins in the environment, then
/// the project's settings, then the user's.
package struct RegistrySettings: Sendable {
    /// What is said about one registry; nil leaves it to who comes after.
    package struct Entry: Sendable, Equatable {
        package var mirrors: [String]?
        package var isInsecure: Bool?
        package var authority: String?
        package var identity: TLSSettings.Identity?
        /// Hosts that issue the registry's tokens.
        package var tokenServers: [String]?

        package init() {}

        /// The same where something is said, else what `other` says.
        func over(_ other: Entry?) -> Entry {
            guard let other else { return self }
            var out = self
            out.mirrors = mirrors ?? other.mirrors
            out.isInsecure = isInsecure ?? other.isInsecure
            out.authority = authority ?? other.authority
            out.identity = identity ?? other.identity
            out.tokenServers = tokenServers ?? other.tokenServers
            return out
        }
    }

    /// By the registry's name, such as `docker.io` or `localhost:5000`.
    package var registries: [String: Entry]

    private var ownRegistries: [String: Entry]

    package init(_ registries: [String: Entry] = [:]) {
        self.registries = registries
        ownRegistries = registries
    }

    /// What flags, the environment and the user say, without the project.
    package var own: RegistrySettings { RegistrySettings(ownRegistries) }

    /// - Parameter project: the directory whose `sampan.yaml` counts.
    /// - Throws: `DiagnosticList` with all mistakes of a file; `Diagnostic` for a flag.
    package static func load(
        _ flags: RegistryFlags, project: String, environment: [String: String]
    ) throws -> RegistrySettings {
        let said = RegistrySettings(try flags.entries())
        let project = try SettingsFile.read(project + "/" + SettingsFile.projectName)?.registries ?? [:]
        let user =
            try SettingsFile.userPath(environment).flatMap { try SettingsFile.read($0, isProject: false) }?
            .registries ?? [:]
        var all = said.over(project).over(user)
        all.ownRegistries = said.over(user).registries
        return all
    }

    /// The same, and what others say where nothing is said.
    private func over(_ others: [String: Entry]) -> RegistrySettings {
        RegistrySettings(registries.merging(others) { mine, other in mine.over(other) })
    }

    package var mirrors: [String: [String]] { registries.compactMapValues(\.mirrors) }

    package var insecure: Set<String> { Set(registries.filter { $0.value.isInsecure == true }.keys) }

    package var tokenServers: [String: [String]] { registries.compactMapValues(\.tokenServers) }

    /// TLS by server; what is said of docker.io holds for the server that answers for it.
    package var tls: [String: TLSSettings] {
        var out: [String: TLSSettings] = [:]
        for (name, entry) in registries where entry.authority != nil || entry.identity != nil {
            let settings = TLSSettings(
                authorities: [entry.authority].compactMap { $0 }, identity: entry.identity)
            out[name == "docker.io" ? "registry-1.docker.io" : name] = settings
        }
        return out
    }
}

extension RegistryFlags {
    /// - Throws: `Diagnostic` for what can't be read.
    func entries() throws -> [String: RegistrySettings.Entry] {
        var out: [String: RegistrySettings.Entry] = [:]
        for text in insecure {
            guard let name = RegistryName.parse(text) else {
                throw BuildOptions.usage("insecure-registry", text, "HOST[:PORT]")
            }
            out[name, default: .init()].isInsecure = true
        }
        for text in mirrors {
            let (name, mirror) = text.contains("=") ? try pair("registry-mirror", text, "MIRROR") : ("docker.io", text)
            guard RegistryName.isMirror(mirror) else {
                throw BuildOptions.usage("registry-mirror", text, "REGISTRY=HOST[:PORT][/PATH]")
            }
            out[name, default: .init()].mirrors = (out[name]?.mirrors ?? []) + [mirror]
        }
        for text in authorities {
            let (name, file) = try pair("registry-ca", text, "FILE")
            out[name, default: .init()].authority = file
        }
        for text in identities {
            let form = "CERTIFICATE:KEY"
            let (name, files) = try pair("registry-client-cert", text, form)
            let parts = files.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw BuildOptions.usage("registry-client-cert", text, "REGISTRY=" + form)
            }
            out[name, default: .init()].identity = .init(certificate: parts[0], key: parts[1])
        }
        for text in realms {
            let (name, host) = try pair("trust-realm", text, "HOST[:PORT]")
            guard let host = RegistryName.parse(host) else {
                throw BuildOptions.usage("trust-realm", text, "REGISTRY=HOST[:PORT]")
            }
            out[name, default: .init()].tokenServers = (out[name]?.tokenServers ?? []) + [host]
        }
        return out
    }

    /// `REGISTRY=VALUE`.
    private func pair(_ option: String, _ text: String, _ value: String) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let name = RegistryName.parse(parts[0]), !parts[1].isEmpty else {
            throw BuildOptions.usage(option, text, "REGISTRY=" + value)
        }
        return (name, parts[1])
    }
}
