/// How programs are told passwords and tokens on their command lines.
enum SecretOption {
    /// What the word behind a program's option, or the rest of its word, is.
    enum Value {
        case secret
        /// `user:password`.
        case login
    }

    /// A short option of a program.
    struct Short {
        var option: UInt8
        var value: Value = .secret
        /// Whether the value may be a word of its own, and part of the option's.
        var isNext = true
        var isAttached = true
    }

    /// What a program's short options mean; nil of one that has no secrets in them.
    /// - Parameter isLogin: whether the command has the word `login`, which only some programs take.
    static func shorts(of program: String, isLogin: Bool) -> [Short]? {
        switch program {
        case "curl": [Short(option: UInt8(ascii: "u"), value: .login), Short(option: UInt8(ascii: "U"), value: .login)]
        case "http", "https": [Short(option: UInt8(ascii: "a"), value: .login, isAttached: false)]
        case "docker", "podman", "buildah", "nerdctl", "skopeo", "oras", "helm", "crane", "regctl", "az", "oc",
            "sampan":
            isLogin ? [Short(option: UInt8(ascii: "p"))] : nil
        case "sshpass", "twine": [Short(option: UInt8(ascii: "p"))]
        case "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump", "mariadb-admin":
            [Short(option: UInt8(ascii: "p"), isNext: false)]
        case "7z", "7za", "7zr", "7zz": [Short(option: UInt8(ascii: "p"), isNext: false)]
        case "mongo", "mongosh", "mongodump", "mongorestore": [Short(option: UInt8(ascii: "p"), isAttached: false)]
        case "redis-cli": [Short(option: UInt8(ascii: "a"), isAttached: false)]
        case "zip", "unzip", "sqlcmd": [Short(option: UInt8(ascii: "P"))]
        case "useradd", "usermod": [Short(option: UInt8(ascii: "p"))]
        case "ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami": [Short(option: UInt8(ascii: "w"))]
        default: nil
        }
    }

    /// Whether the word behind a long option is a secret, whatever the program.
    /// - Parameter word: with its dashes, of which some programs want but one.
    static func isSecret(_ word: String) -> Bool {
        guard word.hasPrefix("--") || word.hasPrefix("-") && word.utf8.count >= 5, !word.contains("=") else {
            return false
        }
        let parts = word.lowercased().split { $0 == "-" || $0 == "_" || $0 == "." }
        guard let last = parts.last, !parts.contains(where: { switches.contains(String($0)) }) else { return false }
        return isName(String(last)) || isName(parts.suffix(2).joined())
    }

    /// Words of options that turn something on or off and have no value.
    private static let switches: Set<String> = [
        "no", "disable", "disabled", "without", "with", "ask", "prompt", "use", "generate", "random", "empty", "allow",
        "skip", "show", "print", "refresh", "max", "min",
    ]

    /// Whether a name, such as `pypi-token.main` or `npmAuthToken`, is that of a setting with a secret.
    static func isSetting(_ name: String) -> Bool {
        CredentialFile.namesSecret(Array(name.utf8)) || isName(name.lowercased()) || name.hasSuffix("_auth")
    }

    private static func isName(_ name: String) -> Bool {
        name == "pass" || name == "pwd"
            || [
                "password", "passwd", "passphrase", "storepass", "keypass", "secret", "token", "apikey", "secretkey",
                "accesskey", "authkey",
            ].contains { name.hasSuffix($0) }
    }
}
