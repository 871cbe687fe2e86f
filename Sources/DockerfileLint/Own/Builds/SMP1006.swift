import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1006: LintRule {
    static let info = RuleInfo(
        "SMP1006", .sampan, .warning, "No USER is set: the program runs as root",
        why: """
            Without USER a container runs as root. A program that is broken into may then change everything in the \
            container, and is one flaw of the kernel away from the host; clusters that ask for `runAsNonRoot` refuse the \
            image. Numbers are better than names: they need no /etc/passwd, and can be checked before the start.
            """,
        bad: .init("FROM debian:12\nCOPY app /app\nENTRYPOINT [\"/app\"]\n"),
        good: .init("FROM debian:12\nCOPY app /app\nUSER 65532:65532\nENTRYPOINT [\"/app\"]\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let last = file.stages.last else { return }
        let chain = file.finalStages
        var start: LintStatement?
        for stage in chain {
            for statement in file.statements(of: stage) {
                if statement.isPlain(.user) { return }
                let isStart = statement.isPlain(.entrypoint) || statement.isPlain(.cmd)
                if isStart, stage.index == last.index, start == nil { start = statement }
                if isStart, start == nil { start = file.statements[last.statements.lowerBound] }
            }
        }
        guard let start else { return }
        let root = file.root(of: last)
        guard let name = file.image(of: root), !hasUser(name), !dropsRights(file, last), !needsRoot(start),
            !startsAsRoot(name, file)
        else { return }
        let word = last.from.image
        report.add(word.range, in: file.statements[last.statements.lowerBound], fix: fix(start, file))
    }

    /// A program is there that the start goes through to become somebody else.
    private static func dropsRights(_ file: LintFile, _ last: LintStage) -> Bool {
        file.mentions(["gosu", "su-exec", "setpriv", "s6-overlay", "runuser"], in: last)
    }

    /// The official images of databases start as root to make their directories, and go on as somebody else, unless their
    /// ENTRYPOINT is replaced.
    private static func startsAsRoot(_ reference: String, _ file: LintFile) -> Bool {
        switch ImageIdentity(reference).name {
        case "cassandra", "couchdb", "ghost", "influxdb", "mariadb", "mongo", "mysql", "postgres", "rabbitmq", "redis",
            "valkey/valkey":
            !file.finalStatements.contains { $0.isPlain(.entrypoint) }
        default: false
        }
    }

    /// Programs that are there to start others as other users, or to change the system.
    private static func needsRoot(_ start: LintStatement) -> Bool {
        let line: CommandLine
        switch start.command {
        case .entrypoint(let it), .cmd(let it): line = it
        default: return false
        }
        let program: String?
        switch line.form {
        case .exec(let words): program = words.first?.text
        case .shell(let word):
            let commands = ShellScript.parse(Array(word.text.utf8)).commands
            program = commands.last.flatMap { Call($0) }.map { String($0.name) }
        }
        switch program.map({ String(PathText.name(of: $0)) }) {
        case "cron", "crond", "sshd", "dockerd", "containerd", "systemd", "init", "supercronic", "keepalived":
            return true
        default: return false
        }
    }

    private static let ownUsers: Set<String> = [
        "elasticsearch", "grafana/grafana", "haproxy", "jenkins/jenkins", "kibana", "kong", "logstash", "memcached",
        "prom/prometheus", "quay.io/keycloak/keycloak", "solr", "sonarqube", "varnish",
    ]

    /// Images that are known to have a user of their own.
    private static func hasUser(_ reference: String) -> Bool {
        let image = ImageIdentity(reference)
        let name = image.name
        // Windows knows no root, and other names of users.
        if image.isWindows { return true }
        if image.tagParts.contains("chiseled") || image.tagParts.contains("distroless") { return true }
        if ownUsers.contains(name) { return true }
        if image.tagParts.contains("nonroot") || name.hasSuffix("-nonroot") { return true }
        return name.hasPrefix("cgr.dev/") || name.hasPrefix("bitnami/") || name.contains("-unprivileged")
            || name.hasPrefix("dhi.io/") || name.hasPrefix("registry.access.redhat.com/ubi") && name.contains("/nodejs")
    }

    private static func fix(_ start: LintStatement, _ file: LintFile) -> Fix? {
        guard start.keyword != .from else { return nil }
        let small = LetterCase(start.outer.keywordWord.text) == .small
        let place = file.source.lineStarts[file.source.line(at: start.outer.range.start)]
        let text = (small ? "user" : "USER") + " 65532:65532" + file.lineEnd
        return Fix("set a user without rights", [.insert(text, at: place)], isSafe: false)
    }
}
