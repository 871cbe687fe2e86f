import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3006
enum DL3006: LintRule {
    static let info = RuleInfo(
        "DL3006", .hadolint, .warning, "Always tag the version of an image explicitly",
        why: """
            Without a tag the image is `latest`: whatever was pushed last. The build of today and the one of next month \
            then differ for no reason that shows in the file. Name a version, and best its digest too.
            """,
        bad: .init("FROM debian\n"), good: .init("FROM debian:12.7\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var names: Set<Substring> = []
        for stage in file.stages {
            let image = stage.from.hadolintImage
            if image.tag == nil, image.digest == nil, !image.name.hasPrefix("$"), image.name != "scratch",
                !names.contains(image.name)
            {
                report.add(stage.from.image.range, in: file.statements[stage.statements.lowerBound])
            }
            if let name = stage.from.name { names.insert(name.text[...]) }
        }
    }
}
