import DockerfileSyntax

/// Names of files that have no use in an image.
enum UnwantedName {
    /// Of a directory that a build makes itself, or that belongs to tools.
    static func isClutter(_ name: Substring) -> Bool {
        switch name {
        case ".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".idea", ".vscode", ".terraform",
            ".tox", ".pytest_cache", ".mypy_cache", ".DS_Store":
            true
        default: false
        }
    }

    /// The name alone tells that the content is secret.
    static func isSecret(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return false }
        switch name {
        case ".env", ".env.local", ".env.production", ".netrc", ".pgpass", ".git-credentials", ".htpasswd", ".ssh",
            ".aws", ".gnupg", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "terraform.tfstate", "kubeconfig",
            "privkey.pem", ".vault-token":
            return true
        case "credentials": return parts.dropLast().last == ".aws"
        case "config.json": return parts.dropLast().last == ".docker"
        default: return name.hasSuffix(".p12") || name.hasSuffix(".pfx") || name.hasSuffix(".tfstate")
        }
    }

    /// Tells only together with its content.
    static func mayBeSecret(_ name: Substring) -> Bool {
        name.hasSuffix(".pem") || name.hasSuffix(".key") || name == ".npmrc" || name == ".pypirc"
            || name.hasSuffix(".json")
    }

    static func isSecret(content: [UInt8]) -> Bool {
        content.holds("PRIVATE KEY-----") || content.holds("_authToken=") && !content.holds("_authToken=$")
            || content.holds("pypi-AgEI")
    }
}
