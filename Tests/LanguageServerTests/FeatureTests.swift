import Core
import Testing

@testable import DockerfileLint
@testable import LanguageServer

@Suite("Fixes in an editor")
struct ActionTests {
    private static let text = "FROM debian:12\nRUN apt-get install curl\nUSER 1\n"

    private static func titles(_ actions: [OrderedJSON]) -> [String] { actions.compactMap { $0["title"]?.string } }

    @Test("a fix is a quick fix that makes its edits")
    func fix() throws {
        var client = Client(Self.text)
        let action = try #require(client.actions(1).first { $0["title"] == "DL3014: add -y" })
        #expect(action["kind"] == "quickfix")
        #expect(action["isPreferred"] == true)
        #expect(items(action["diagnostics"] ?? []).first?["code"] == "DL3014")
        #expect(client.applying(action) == Self.text.replacing("install curl", with: "install -y curl"))
        #expect(
            action["edit"]?.line
                == #"{"changes":{"file:///work/Dockerfile":[{"range":{"start":{"line":1,"character":19},"#
                + #""end":{"line":1,"character":19}},"newText":" -y"}]}}"#)
    }

    @Test("a client that knows versions gets edits of one version")
    func versioned() throws {
        var client = Client(Self.text, versioned: true)
        let action = try #require(client.actions(1).first { $0["title"] == "DL3014: add -y" })
        #expect(
            action["edit"]?.line
                == #"{"documentChanges":[{"textDocument":{"uri":"file:///work/Dockerfile","version":1},"edits":"#
                + #"[{"range":{"start":{"line":1,"character":19},"end":{"line":1,"character":19}},"newText":" -y"}]}]}"#
        )
    }

    @Test("fixes of other lines are not offered")
    func range() {
        var client = Client(Self.text)
        #expect(!Self.titles(client.actions(2)).contains { $0.hasPrefix("DL3014") })
    }

    @Test("a finding can be turned off by a comment, which takes in the one that is there")
    func ignore() async throws {
        var client = Client(Self.text)
        let first = try #require(client.actions(1).first { $0["title"] == "DL3014: ignore it here" })
        let once = client.applying(first)
        #expect(once == Self.text.replacing("RUN", with: "# hadolint ignore=DL3014\nRUN"))
        var second = Client(once)
        let offered = second.actions(2)
        #expect(!Self.titles(offered).contains { $0.hasPrefix("DL3014") })
        let next = try #require(offered.first { $0["title"] == "DL3008: ignore it here" })
        let twice = second.applying(next)
        #expect(twice == Self.text.replacing("RUN", with: "# hadolint ignore=DL3014,DL3008\nRUN"))
        var third = Client(twice)
        #expect(!Self.titles(third.actions(2)).contains { $0.hasPrefix("DL3014") || $0.hasPrefix("DL3008") })
    }

    @Test("two findings of one code are turned off by one comment")
    func twice() async {
        let text = "FROM debian:12\nRUN echo $x $y\nUSER 1\n"
        var client = Client(
            text,
            others: { _ in
                [24, 27].map { start in
                    Finding(
                        code: "SC2086", severity: .info, message: "quote it", range: SourceRange(start, start + 2),
                        instruction: 1, fix: Fix("quote it", [.insert("\"", at: start)]))
                }
            })
        _ = await client.session.check()
        let titles = Self.titles(client.actions(1))
        #expect(titles.count { $0 == "SC2086: quote it" } == 2)
        #expect(titles.count { $0 == "SC2086: ignore it here" } == 1)
    }

    @Test("a comment has the line end that the instruction has")
    func lineEnds() throws {
        var client = Client("FROM debian:12\r\nRUN apt-get install curl\r\n")
        let action = try #require(client.actions(1).first { $0["title"] == "DL3014: ignore it here" })
        #expect(
            client.applying(action) == "FROM debian:12\r\n# hadolint ignore=DL3014\r\nRUN apt-get install curl\r\n")
    }

    @Test("all safe fixes at once, by the name that editors run on save")
    func all() throws {
        let text = "FROM debian:12 as build\nRUN apt-get install curl\nMAINTAINER me\n"
        var client = Client(text)
        for kind in ["source.fixAll.sampan", "source.fixAll", "source"] {
            let actions = client.actions(0, only: [kind])
            #expect(actions.count == 1)
            let action = try #require(actions.first)
            #expect(action["kind"] == "source.fixAll.sampan")
            let run = FixRun(
                fixing: SourceFile(name: "/work/Dockerfile", text: text), unsafe: false, settings: LintSettings())
            #expect(client.applying(action) == String(decoding: run.after.bytes, as: UTF8.self))
            #expect(client.applying(action).contains("apt-get install -y"))
        }
        #expect(client.actions(0, only: ["refactor"]).isEmpty)
        #expect(client.actions(0, only: ["quickfix"]).allSatisfy { $0["kind"] == "quickfix" })
    }

    @Test("nothing to mend, nothing offered")
    func clean() {
        var client = Client("FROM scratch\nUSER 1\n")
        #expect(client.actions(0, only: ["source.fixAll"]).isEmpty)
    }

    @Test("every example of a rule with a fix is silenced by the action that is offered")
    func examples() throws {
        for info in RuleBook.all where info.fixing != .none && info.bad.files.isEmpty {
            var client = Client(info.bad.dockerfile)
            let lines = info.bad.dockerfile.utf8.count { $0 == 10 }
            let actions = (0...lines).flatMap { client.actions($0, only: ["quickfix"]) }
            let fixes = actions.filter {
                $0["title"]?.string?.hasPrefix("\(info.code): ") ?? false
                    && $0["title"]?.string?.hasSuffix("ignore it here") == false
            }
            // Some rules have to be told something before they look.
            guard let fix = fixes.first else { continue }
            #expect(client.applying(fix) != info.bad.dockerfile, "\(info.code)")
        }
    }
}

@Suite("Hovering")
struct HoverTests {
    private static let text =
        "# hadolint ignore=DL3007\nFROM golang:1.22 AS build\nRUN --network=none apt-get install curl\n"
        + "FROM build\nCOPY --from=build /a /b\nONBUILD COPY . /x\nUSER 1\n"

    private static func value(_ hover: OrderedJSON) -> String { hover.at("contents", "value")?.string ?? "" }

    @Test("a finding's place tells about its rule")
    func rule() {
        var client = Client(Self.text)
        let text = Self.value(client.hover(2, 25))
        #expect(text.contains("### DL3014"))
        #expect(text.contains("Bad:"))
        #expect(client.hover(2, 25).at("contents", "kind") == "markdown")
    }

    @Test("a keyword tells how its instruction is written")
    func keyword() {
        var client = Client(Self.text)
        let hover = client.hover(4, 2)
        #expect(Self.value(hover).hasPrefix("```dockerfile\nCOPY [FLAGS] SOURCE ... DESTINATION\n"))
        #expect(Self.value(hover).contains("- `--from`: a stage"))
        #expect(hover["range"]?.line == #"{"start":{"line":4,"character":0},"end":{"line":4,"character":4}}"#)
        #expect(Self.value(client.hover(5, 9)).hasPrefix("```dockerfile\nCOPY"))
    }

    @Test("flags, stages and codes in comments tell what they are")
    func others() {
        var client = Client(Self.text)
        #expect(Self.value(client.hover(2, 8)) == "`--network`: default, none, host")
        let stage = "stage 0, line 2\n\n```dockerfile\nFROM golang:1.22 AS build\n```"
        #expect(Self.value(client.hover(4, 14)) == stage)
        #expect(Self.value(client.hover(3, 6)) == stage)
        #expect(Self.value(client.hover(0, 20)).contains("### DL3007"))
        #expect(client.hover(0, 4) == .null)
        #expect(client.hover(100, 0) == .null)
    }
}

@Suite("Completion")
struct CompletionTests {
    /// The text with a `|` where the cursor is.
    private static func complete(_ text: String) -> [String] {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let before = parts.first.map(String.init) ?? ""
        let lines = before.utf16.split(separator: 0x0a, omittingEmptySubsequences: false)
        var client = Client(parts.joined())
        return client.completions(lines.count - 1, lines.last?.count ?? 0)
    }

    @Test(
        "what fits at the cursor is offered",
        arguments: [
            ("FR|", ["FROM"]), ("FROM a\nco|", ["COPY"]), ("FROM a\nONBUILD WO|", ["WORKDIR"]),
            ("FROM a\n  EX|\nUSER 1\n", ["EXPOSE"]), ("FROM a\nCOPY --f|", ["--from="]),
            ("FROM a\nCOPY --l|", ["--link"]), ("FROM a\nHEALTHCHECK --interval=1s --t|", ["--timeout="]),
            ("FROM a AS one\nFROM b AS two\nFROM c\nCOPY --from=|", ["two", "one"]),
            ("FROM a AS one\nFROM b AS two\nCOPY --from=|", ["one"]), ("FROM a AS one\nFROM o|", ["one"]),
            ("FROM a AS one\nFROM |", ["one", "scratch"]), ("FROM a A|", ["AS"]),
            ("FROM --platform=$B|", []), ("FROM --platform=linux/ar|", ["linux/arm64"]),
            ("FROM a\nRUN --network=|", ["default", "none", "host"]), ("FROM a\nRUN --mount=ty|", ["type="]),
            ("FROM a\nRUN --mount=type=c|", ["cache"]), ("FROM a\nRUN --mount=type=cache,sh|", ["sharing="]),
            ("FROM a\nRUN --mount=type=cache,sharing=|", ["shared", "private", "locked"]),
            ("FROM a AS x\nFROM b\nRUN --mount=type=bind,from=|", ["x"]), ("FROM a\nHEALTHCHECK |", ["CMD", "NONE"]),
            ("FROM a\nARG ONE=1\nENV TWO=2\nRUN echo $|", ["TWO", "ONE"]),
            ("FROM a\nARG ONE=1\nRUN echo ${O|", ["ONE"]),
            ("ARG V=1\nFROM a:$|", ["V"]), ("FROM a\nARG A\nFROM b\nARG B\nRUN echo $|", ["B"]),
            ("FROM a\nRUN a \\\n  --network=$|\n", []), ("FROM a\n# hadolint ignore=DL3008,DL3014|\n", ["DL3014"]),
            ("# check=skip=Json|\nFROM a\n", ["JSONArgsRecommended"]), ("# esc|\nFROM a\n", ["escape="]),
            ("FROM a\nCOPY \\\n  --fro|\n", ["--from="]), ("FROM a\nRUN apt-get |", []),
            ("FROM a\nRUN apt-get --y|", []),
            ("FROM a\nRUN <<E\nFR|\nE\n", []), ("FROM a\nCOPY a --f|", []),
            ("FROM a\nARG FOO\nARG BAR\nRUN <<E\necho $F|\nE\n", ["FOO"]), ("FROM a\nRUN <<E\necho $\nF|\nE\n", []),
            ("FROM a AS x\nFROM b\r\nCOPY \\\r\n  # why\r\n  --from=|\r\n", ["x"]),
        ])
    func table(text: String, labels: [String]) { #expect(Self.complete(text) == labels) }

    @Test("an empty line offers all instructions")
    func all() {
        #expect(Self.complete("FROM a\n|").count == 18)
        #expect(Self.complete("|").contains("FROM"))
    }

    @Test("what is written replaces the word that was begun")
    func edit() {
        var client = Client("FROM a\nCOPY --fr . /x\n")
        let item = items(client.ask("textDocument/completion", Client.place(1, 9))).first
        #expect(
            item?["textEdit"]?.line
                == #"{"range":{"start":{"line":1,"character":5},"end":{"line":1,"character":9}},"newText":"--from="}"#)
        #expect(item?["detail"]?.string == "a stage by name or number, an image, a named context")
    }

    @Test("every place of every rule's example can be asked about")
    func everywhere() {
        for info in RuleBook.all {
            var client = Client(info.bad.dockerfile)
            let lines = info.bad.dockerfile.split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() {
                for character in stride(from: 0, through: line.utf16.count, by: 5) {
                    _ = client.completions(number, character)
                    #expect(client.hover(number, character)["error"] == nil)
                }
            }
        }
    }
}
