import Core

/// The files that programs keep passwords and tokens in, and how each writes them.
enum CredentialFile: Sendable {
    /// `machine HOST login NAME password WORD`
    case netrc
    /// Lines of `KEY = VALUE` or `KEY: VALUE`, the keys named.
    case assignments(keys: [String], rule: String, title: String)
    /// Lines of `KEY=VALUE` whose keys say by their names that they are secret.
    case environment
    /// Addresses with a name and a password in them.
    case addresses
    /// JSON with `"auth": "…"`, of Docker and Podman.
    case dockerConfig
    /// `HOST:PORT:DATABASE:USER:PASSWORD`
    case pgpass
    /// `<password>…</password>`
    case mavenSettings
    /// Hashes of passwords.
    case shadow

    /// - Parameters:
    ///   - name: The file's name in small letters.
    ///   - directory: Likewise that of its directory.
    init?(name: String, directory: String, path: BytePath) {
        switch name {
        case ".netrc", "_netrc": self = .netrc
        case ".npmrc": self = Self.keys(["_authtoken", "_password", "_auth"], "npm-login", "a login of npm")
        case ".yarnrc.yml": self = Self.keys(["npmauthtoken", "npmauthident"], "npm-login", "a login of Yarn")
        case ".pypirc": self = Self.keys(["password"], "pypi-login", "a login of a package index")
        case "config.json" where directory == ".docker", ".dockercfg", ".dockerconfigjson": self = .dockerConfig
        case "auth.json" where directory == "containers" || directory == ".docker": self = .dockerConfig
        case ".git-credentials", "pip.conf", "pip.ini", ".gitconfig", ".bowerrc": self = .addresses
        case "config" where directory == ".git", "credentials" where directory == "git": self = .addresses
        case "kubeconfig",
            "config" where directory == ".kube", "admin.conf" where directory == "kubernetes":
            self = Self.keys(["client-key-data", "token", "password"], "kubernetes-login", "a login of Kubernetes")
        case "credentials" where directory == ".aws", "config" where directory == ".aws":
            self = Self.keys(["aws_secret_access_key", "aws_session_token"], "aws-secret-key", "a secret key of AWS")
        case "credentials" where directory == ".cargo", "credentials.toml" where directory == ".cargo":
            self = Self.keys(["token"], "cargo-login", "a token of a crate registry")
        case "credentials" where directory == ".gem":
            self = Self.keys([":rubygems_api_key"], "rubygems-token", "a token of RubyGems")
        case "hosts.yml" where directory == "gh": self = Self.keys(["oauth_token"], "github-token", "a token of GitHub")
        case "application_default_credentials.json":
            self = Self.keys(["refresh_token", "client_secret"], "google-login", "a login of Google Cloud")
        case ".my.cnf", ".mylogin.cnf": self = Self.keys(["password"], "database-password", "a password of MySQL")
        case ".pgpass": self = .pgpass
        case "settings.xml" where directory == ".m2", "settings.xml" where directory == "conf": self = .mavenSettings
        case ".env": self = .environment
        case _ where name.hasPrefix(".env.") && !Self.isTemplate(name): self = .environment
        case "shadow" where path == "etc/shadow", "shadow-" where path == "etc/shadow-": self = .shadow
        default: return nil
        }
    }

    private static func keys(_ keys: [String], _ rule: String, _ title: String) -> CredentialFile {
        .assignments(keys: keys, rule: rule, title: title)
    }

    private static func isTemplate(_ name: String) -> Bool {
        ["example", "sample", "template", "dist", "test"].contains { name.hasSuffix("." + $0) }
    }

    /// Whether a variable's name says that its value is secret.
    static func namesSecret(_ name: [UInt8]) -> Bool {
        let words = Placeholder.lowercased(name).split { !(0x61...0x7a).contains($0) && !(0x30...0x39).contains($0) }
            .map { String(decoding: $0, as: UTF8.self) }
        // Where it lies, whose it is, how long it holds: no secret itself.
        let about: Set<String> = [
            "file", "path", "url", "uri", "dir", "id", "name", "ttl", "expiry", "type", "header", "length", "endpoint",
            "issuer", "version", "arn", "enabled", "allow", "public", "algorithm", "policy", "prefix", "min", "max",
        ]
        guard let last = words.last, !about.contains(last), !words.contains("allow"), !words.contains("public") else {
            return false
        }
        let pairs = zip(words, words.dropFirst()).map { $0 + $1 }
        let secrets: Set<String> = [
            "password", "passwd", "passphrase", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey",
            "credential", "credentials", "authkey", "signingkey", "encryptionkey", "dbpass", "dbpassword", "pgpassword",
            "mysqlpwd", "accesstoken", "authtoken", "clientsecret",
        ]
        return (words + pairs).contains { secrets.contains($0) }
    }
}
