import Core
import DockerfileSyntax
import ShellSyntax

/// A Go program with what only its developers need.
enum SMP2011: LintRule {
    static let info = RuleInfo(
        "SMP2011", .sampan, .style, "Go program is built without -trimpath and -ldflags \"-s -w\"",
        why: """
            Symbol tables and debug information make up a third of a Go program and are of no use to it: `-s -w` leaves \
            them out; stack traces stay readable. `-trimpath` takes the build's directories out of the program, so that \
            the same sources give the same bytes wherever they are built.
            """,
        bad: .init(
            """
            FROM golang:1.25 AS build
            WORKDIR /src
            COPY . .
            RUN CGO_ENABLED=0 go build -o /app .
            FROM scratch
            COPY --from=build /app /app

            """),
        good: .init(
            """
            FROM golang:1.25 AS build
            WORKDIR /src
            COPY . .
            RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /app .
            FROM scratch
            COPY --from=build /app /app

            """), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var told: Set<Int> = []
        for delivery in file.deliveries where delivery.build.language == .go {
            let build = delivery.build
            let flags = file.value(of: "GOFLAGS", for: build) ?? ""
            let words = build.command.words.dropFirst(build.verb + 1)
            // What a variable holds may be all that is missing.
            guard !words.contains(where: { $0.text.hasPrefix("$") }), !flags.contains("$") else { continue }
            // Built for a debugger, which needs what the flags leave out.
            if words.contains(where: { $0.text.contains("-N") && $0.text.contains("-l") }) { continue }
            let lacksTrim = !flags.contains("-trimpath") && !words.contains { $0.text.hasPrefix("-trimpath") }
            let ldflags = LinkerFlags(build.command)
            let lacksStrip = !flags.contains("-ldflags") && !ldflags.strips
            guard lacksTrim || lacksStrip, let script = build.statement.script,
                told.insert(script.range(build.command.range).start).inserted
            else { continue }
            report.add(
                script.range(build.command.range), in: build.statement, message(lacksTrim, lacksStrip),
                fix: fix(build, script, lacksTrim, lacksStrip ? ldflags : nil))
        }
    }

    private static func message(_ lacksTrim: Bool, _ lacksStrip: Bool) -> String? {
        if lacksTrim, lacksStrip { return nil }
        return lacksTrim
            ? "Go program is built without -trimpath" : "Go program is built without -ldflags \"-s -w\""
    }

    private static func fix(
        _ build: ProgramBuild, _ script: LintScript, _ lacksTrim: Bool, _ ldflags: LinkerFlags?
    ) -> Fix? {
        guard script.isEditable, script.shell.error == nil else { return nil }
        var added = lacksTrim ? " -trimpath" : ""
        var edits: [TextEdit] = []
        if let ldflags {
            if ldflags.word == nil {
                added += " -ldflags=\"-s -w\""
            } else {
                guard let place = ldflags.inside(script.shell.text) else { return nil }
                edits.append(.insert("-s -w ", at: script.range(place..<(place + 1)).start))
            }
        }
        if !added.isEmpty {
            let verb = build.command.words[build.verb]
            edits.insert(.insert(added, at: script.range(verb.range).end), at: 0)
        }
        return Fix("build with -trimpath and -ldflags \"-s -w\"", edits)
    }
}

/// The value of `-ldflags`.
private struct LinkerFlags {
    /// The word that holds the value, perhaps behind `-ldflags=`.
    let word: ShellWord?

    init(_ command: ShellCommand) {
        let words = command.words
        if let index = words.firstIndex(where: { $0.text == "-ldflags" || $0.text == "--ldflags" }) {
            word = index + 1 < words.count ? words[index + 1] : nil
        } else {
            word = words.first { $0.text.hasPrefix("-ldflags=") || $0.text.hasPrefix("--ldflags=") }
        }
    }

    /// `-s` is there, which leaves out what `-w` does too, or variables hide what is.
    var strips: Bool {
        guard let word else { return false }
        let parts = word.text.split { $0 == " " || $0 == "=" || $0 == "'" }
        return parts.contains("-s") || parts.contains { $0.hasPrefix("$") }
    }

    /// The place in the script behind the quote that opens the value; nil when there is none.
    func inside(_ script: [UInt8]) -> Int? {
        guard let word, word.hasQuotes else { return nil }
        let quote = script[word.range].firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        guard let quote, quote + 1 < word.range.upperBound else { return nil }
        let before = script[word.range.lowerBound..<quote]
        return before.isEmpty || before.last == UInt8(ascii: "=") ? quote + 1 : nil
    }
}
