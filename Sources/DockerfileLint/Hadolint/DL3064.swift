import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3064
enum DL3064: LintRule {
    static let info = RuleInfo(
        "DL3064", .hadolint, .warning,
        "Potentially sensitive data should not be used in the `ARG` or `ENV` commands",
        why: """
            What ARG and ENV hold is written into the image: into its configuration or its history, where everybody who \
            can pull it can read it. Give secrets to a build with `RUN --mount=type=secret`, and to a container when it \
            starts.
            """,
        bad: .init("FROM debian:12\nARG NPM_TOKEN\nRUN npm-login $NPM_TOKEN\n"),
        good: .init("FROM debian:12\nRUN --mount=type=secret,id=npm npm-login /run/secrets/npm\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            switch statement.keyword {
            case .arg:
                guard let word = statement.instruction.arguments.first else { continue }
                if isSecret(word.text.prefix { $0 != "=" }) { report.add(word.range, in: statement) }
            case .env:
                guard let pair = statement.instruction.pairs.first(where: { isSecret($0.name.text[...]) }) else {
                    continue
                }
                report.add(pair.name.range, in: statement)
            default: continue
            }
        }
    }

    private static let parts = ["password", "secret", "token", "private", "username", "api_key", "client_key"]
        .map { Array($0.utf8) }
    /// Names that tell no secret by their words.
    private static let names: Set = [
        "application_key", "aws_access_key_id", "ci_deploy_user", "docker_email", "facebook_app_id",
        "heroku_api_user", "okta_authn_groupid", "okta_client_orgurl", "okta_oauth2_clientid", "stripe_device_name",
        "travis_os_name", "travis_secure_env_vars", "travis_sudo",
    ]

    private static func isSecret(_ name: Substring) -> Bool {
        let small = name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        for part in parts where small.count >= part.count {
            for start in 0...(small.count - part.count)
            where small[start] == part[0] && small[start..<(start + part.count)].elementsEqual(part) {
                return true
            }
        }
        return names.contains(String(decoding: small, as: UTF8.self))
    }
}
