package import ArgumentParser

/// How registries are reached: the options that every command with a network has.
package struct RegistryOptions: ParsableArguments, Sendable {
    @Option(
        help:
            "A registry that is reached without TLS, or whose certificate is not checked, as HOST[:PORT]. Can be given several times."
    )
    package var insecureRegistry: [String] = []

    @Option(
        help:
            "A mirror that is asked before a registry, as REGISTRY=MIRROR; a MIRROR alone is one of docker.io. Can be given several times."
    )
    package var registryMirror: [String] = []

    @Option(
        help: "A file of PEM certificates that a registry's is checked against, as REGISTRY=FILE.")
    package var registryCa: [String] = []

    @Option(
        help: "A certificate and key to show to a registry, as REGISTRY=CERTIFICATE:KEY; both are PEM files.")
    package var registryClientCert: [String] = []

    @Option(
        help:
            "A file of logins, as Docker and Podman write them. (default: REGISTRY_AUTH_FILE, else those of Docker and Podman)"
    )
    package var authfile: String?

    @Option(
        help: "A host that may see a registry's login because it issues its tokens, as REGISTRY=HOST.")
    package var trustRealm: [String] = []

    package init() {}

    package var flags: RegistryFlags {
        RegistryFlags(
            insecure: insecureRegistry, mirrors: registryMirror, authorities: registryCa,
            identities: registryClientCert, authFile: authfile, realms: trustRealm)
    }
}

/// The same as plain values, each as it was written.
package struct RegistryFlags: Sendable {
    package var insecure: [String] = []
    package var mirrors: [String] = []
    package var authorities: [String] = []
    package var identities: [String] = []
    package var authFile: String?
    package var realms: [String] = []

    package init(
        insecure: [String] = [], mirrors: [String] = [], authorities: [String] = [], identities: [String] = [],
        authFile: String? = nil, realms: [String] = []
    ) {
        self.insecure = insecure
        self.mirrors = mirrors
        self.authorities = authorities
        self.identities = identities
        self.authFile = authFile
        self.realms = realms
    }
}
