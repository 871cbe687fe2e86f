import Core
import DockerfileSyntax

enum ExposeInvalidFormat: LintRule {
    static let info = RuleInfo(
        check: "ExposeInvalidFormat", page: "expose-invalid-format",
        """
        IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future \
        release
        """,
        why: """
            EXPOSE notes the ports that the program listens on. Addresses and ports of the host are given when a \
            container is started; here they do nothing.
            """,
        bad: .init("FROM debian:12\nEXPOSE 127.0.0.1:8080:80\n"), good: .init("FROM debian:12\nEXPOSE 80\n"),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard !statement.isTrigger, case .expose(let words) = statement.command else { continue }
            for word in words {
                guard let colon = word.text.utf8.lastIndex(of: UInt8(ascii: ":")),
                    !word.text.utf8.contains(UInt8(ascii: "$"))
                else { continue }
                let port = String(word.text[word.text.utf8.index(after: colon)...])
                let fix = port.isEmpty ? nil : Fix("write \(port)", [TextEdit(word.range, port)])
                report.add(
                    word.range, in: statement,
                    "EXPOSE instruction should not define an IP address or host-port mapping, found '\(word.text)'",
                    fix: fix)
            }
        }
    }
}
