import Core
import DockerfileSyntax

enum InvalidDefaultArgInFrom: LintRule {
    static let info = RuleInfo(
        check: "InvalidDefaultArgInFrom", page: "invalid-default-arg-in-from",
        "Default value for global ARG results in an empty or invalid base image name",
        why: """
            Without `--build-arg` the variables have their defaults, and those make no image's name here: the file can't \
            be built as it is. Give the ARG a default, or the use of it, as in `${TAG:-latest}`.
            """,
        bad: .init("ARG TAG\nFROM debian:${TAG}\n"), good: .init("ARG TAG=12\nFROM debian:${TAG}\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard file.stages.contains(where: { $0.from.image.text.utf8.contains(UInt8(ascii: "$")) }) else { return }
        let variables = BuildVariables(file)
        for stage in file.stages where stage.from.image.text.utf8.contains(UInt8(ascii: "$")) {
            let word = stage.from.image
            // Without a default a variable is empty.
            let name = variables.value(word) { name in
                variables.globals[name].map { BuildVariables.Value(text: $0.text ?? "") }
            }
            guard let name else { continue }
            if (try? Reference(parsing: name)) != nil { continue }
            report.add(
                word.range, in: file.statements[stage.statements.lowerBound],
                "Default value for ARG \(word.text) results in empty or invalid base image name")
        }
    }
}
