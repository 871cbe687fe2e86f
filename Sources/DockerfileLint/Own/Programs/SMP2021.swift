import Core
import DockerfileSyntax
import ShellSyntax

/// A time zone by name, on an image without time zones.
enum SMP2021: LintRule {
    static let info = RuleInfo(
        "SMP2021", .sampan, .warning, "A time zone is used by its name, and the image has no zoneinfo",
        why: """
            The rules of time zones are files below /usr/share/zoneinfo. scratch, Alpine, BusyBox and Ubuntu don't have \
            them: programs that ask for a zone get an error, and `TZ` is silently taken for UTC. Install the package \
            tzdata, copy /usr/share/zoneinfo, or, in Go, import time/tzdata.
            """,
        bad: .init("FROM alpine:3.22\nENV TZ=Europe/Vienna\nCMD [\"date\"]\n"),
        good: .init("FROM alpine:3.22\nRUN apk add --no-cache tzdata\nENV TZ=Europe/Vienna\nCMD [\"date\"]\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.keyword == .env {
            guard case .env(let pairs) = statement.command, let index = statement.stage,
                let pair = pairs.first(where: { $0.name.text == "TZ" }), isZone(pair.value.text),
                let base = lacking(file, file.stages[index]), !file.hasChild(file.stages[index])
            else { continue }
            report.add(
                pair.value.range, in: statement,
                "TZ names a time zone, and \(base.image.name) has no zoneinfo: it is taken for UTC")
        }
        checkSources(file, &report)
    }

    private static func checkSources(_ file: LintFile, _ report: inout LintReport) {
        guard let search = SourceSearch(file) else { return }
        var told: Set<Int> = []
        for delivery in file.deliveries where delivery.build.language == .go {
            guard let base = lacking(file, delivery.stage), !file.hasLibraries(delivery.stage),
                !delivery.build.command.words.contains(where: { $0.text.contains("timetzdata") }),
                told.insert(delivery.stage.index).inserted,
                search.first(ending: ".go", where: { $0.holds("\"time/tzdata\"") }) == nil,
                let path = search.first(
                    ending: ".go", where: { $0.holds("time.LoadLocation(") && !$0.holds("(\"UTC\")") })
            else { continue }
            report.add(
                delivery.copy.instruction.argumentsText.range, in: delivery.copy,
                "\(path) loads time zones, and \(base.image.name) has no zoneinfo")
        }
    }

    /// The stage's base, when it has no zoneinfo and nothing in the stage brings it.
    private static func lacking(_ file: LintFile, _ stage: LintStage) -> StageBase? {
        guard let base = StageBase(file, stage), ["scratch", "alpine", "ubuntu", "busybox"].contains(base.image.name),
            !file.mentions(["tzdata", "zoneinfo"], in: stage)
        else { return nil }
        return base
    }

    /// `AREA/PLACE`, but none of those that any program knows.
    private static func isZone(_ text: String) -> Bool {
        let text = text.filter { $0 != "\"" && $0 != "'" }
        return text.contains("/") && !text.hasPrefix("Etc/") && !text.contains("$") && !text.hasPrefix("/")
    }
}

extension LintFile {
    /// Another stage goes on where this one ends, and may bring what this one lacks.
    func hasChild(_ stage: LintStage) -> Bool { stages.contains { $0.parent == stage.index } }
}
