import Core
import DockerfileSyntax

enum FromPlatformFlagConstDisallowed: LintRule {
    static let info = RuleInfo(
        check: "FromPlatformFlagConstDisallowed", page: "from-platform-flag-const-disallowed",
        "FROM --platform flag should not use a constant value",
        why: """
            A platform that is written into the file overrides what the build was asked for, so the same file can't \
            make images for several architectures. Leave it to the build's `--platform`; for stages that only make files \
            say `--platform=$BUILDPLATFORM`. A stage that is meant for one platform alone says so in its name.
            """,
        bad: .init("FROM --platform=linux/amd64 debian:12 AS base\n"), good: .init("FROM debian:12 AS base\n"),
        fixing: .unsafe, equivalents: ["DL3029"])

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            guard let word = stage.from.platform, !word.text.utf8.contains(UInt8(ascii: "$")),
                let platform = Platform(parsing: word.text)
            else { continue }
            if let name = stage.name, name.contains(platform.os) || name.contains(platform.architecture) { continue }
            let statement = file.statements[stage.statements.lowerBound]
            let edit = statement.flag("platform").map { file.removal(of: $0) }
            report.add(
                word.range, in: statement, "FROM --platform flag should not use constant value \"\(word.text)\"",
                fix: edit.map { Fix("leave the platform to the build", [$0], isSafe: false) })
        }
    }
}
