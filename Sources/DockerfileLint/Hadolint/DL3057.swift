import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3057
enum DL3057: LintRule {
    static let info = RuleInfo(
        "DL3057", .hadolint, .ignore, "`HEALTHCHECK` instruction missing.",
        why: """
            A program that hangs still runs: only a check of its own tells whether it does its work. HEALTHCHECK NONE \
            says that there is none on purpose. Off unless turned on, as orchestrators bring probes of their own.
            """,
        bad: .init("FROM debian:12\nCMD [\"/app\"]\n"),
        good: .init("FROM debian:12\nHEALTHCHECK CMD [\"/app\", \"--check\"]\nCMD [\"/app\"]\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        // Stages are known by name; one without AS goes by its image's.
        let names = file.stages.map { $0.from.hadolintName }
        let sources = file.stages.map { $0.from.hadolintImage.name }
        var isGood = [Bool](repeating: false, count: names.count)
        var good: Set<Substring> = []
        var open: [Substring: [Int]] = [:]
        for statement in file.statements {
            guard let stage = statement.stage else { continue }
            if statement.isPlain(.from) {
                if good.contains(sources[stage]) {
                    isGood[stage] = true
                    good.insert(names[stage])
                } else {
                    open[names[stage], default: []].append(stage)
                }
            } else if statement.isPlain(.healthcheck) {
                // What the stage stands on is checked as well.
                var next = [stage]
                isGood[stage] = true
                good.insert(names[stage])
                while let one = next.popLast() {
                    for parent in open.removeValue(forKey: sources[one]) ?? [] where !isGood[parent] {
                        isGood[parent] = true
                        good.insert(names[parent])
                        next.append(parent)
                    }
                }
            }
        }
        for (stage, isGood) in zip(file.stages, isGood) where !isGood {
            report.add(stage.from.image.range, in: file.statements[stage.statements.lowerBound])
        }
    }
}
