import Core
import FoundationEssentials
import ImageAnalysis
import Layers
import Reports
import SampanTestSupport
import Testing

@Suite("the HTML page")
struct HTMLReportTests {
    private func page(_ explanation: Explanation) throws -> String {
        let report = HTMLReport(explanation, programs: [SampleImage.size(of: explanation)], version: "9.9.9")
        return String(decoding: try report.bytes(), as: UTF8.self)
    }

    private func data(_ page: String) throws -> OrderedJSON {
        let start = try #require(page.firstRange(of: "id=\"data\">")?.upperBound)
        let end = try #require(page[start...].firstRange(of: "</script>")?.lowerBound)
        return try OrderedJSON(parsing: Array(page[start..<end].utf8))
    }

    private func list(_ value: OrderedJSON?) -> [OrderedJSON] {
        if case .array(let items)? = value { items } else { [] }
    }

    private func number(_ value: OrderedJSON) -> Int64? {
        if case .number(let text) = value { Int64(text) } else { nil }
    }

    @Test("one image gives one page, with every section and figure")
    func whole() throws {
        let explanation = try SampleImage.explanation()
        let page = try page(explanation)
        #expect(try page == self.page(try SampleImage.explanation()))
        for text in [
            "<title>web:1</title>", "<h1>web:1</h1>", "<dt>compressed</dt><dd>2.04 MB</dd>",
            "<dt>in the tree</dt><dd>4.07 MB</dd>", "<dt>files</dt><dd>3</dd>",
            "<dt>starts</dt><dd class=\"bad\">no</dd>", "<dt>user</dt><dd class=\"good\">65532:65532</dd>",
            "<code>RUN make</code>", "<td>Dockerfile:3-4</td>",
            "lacks libssl.so.3 for /app", "/etc/ssl/certs/ca-certificates.crt (certificates, for TLS)",
            "<del>- COPY a /a</del>\n<ins>+ COPY --link a /a</ins>", "saves 70.0 kB, Dockerfile:3-4",
            "<code>net/http</code>", "75.0 %",
            "efficiency as dive counts it: 98.1 %", "<code>tzdata</code>", "2024a-0",
        ] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test("the treemap's bytes are those of the tree, and a program is split into what it is made of")
    func treemap() throws {
        let explanation = try SampleImage.explanation()
        let data = try data(page(explanation))
        let files = list(data["files"]).map(list)
        #expect(files.reduce(Int64(0)) { $0 + (number($1[1]) ?? 0) } == 4_071_000)
        #expect(
            files.map { $0[0].string ?? "" } == [
                "app/std/net\u{2215}http/code", "app/example.org\u{2215}app/main/code", "srv/data", "app/other",
                "etc/a",
            ])
        #expect(list(data["packages"]) == ["no package", "tzdata 2024a-0"])
        #expect(files.map { number($0[4]) } == [0, 0, 0, 0, 1])
        #expect(files.map { number($0[3]) } == [0, 0, 1, 0, 1])
    }

    @Test("however many files there are, the page stays small and no byte is lost")
    func many() throws {
        var explanation = try SampleImage.explanation()
        let entries = (0..<30_000).map {
            SampleImage.file("usr/lib/d\($0 % 700)/deep/er/f\($0)", Int64(1 + $0 % 1000))
        }
        let layer = SampleImage.layer("ADD x /", nil, entries, kind: .data)
        let image = explanation.image
        explanation.image = AnalysedImage(
            name: image.name, manifest: image.manifest, config: image.config, platform: image.platform,
            layers: image.layers + [layer])
        let page = try page(explanation)
        #expect(page.utf8.count < 1_000_000)
        let files = list(try data(page)["files"]).map(list)
        #expect(files.count <= 4000)
        #expect(files.reduce(Int64(0)) { $0 + (number($1[1]) ?? 0) } == 4_071_000 + layer.facts.contentBytes)
    }

    @Test("a file whose first name is gone is drawn under the one that is left, and once")
    func linked() throws {
        var explanation = try SampleImage.explanation()
        let names = ["opt/b", "opt/c"].map { Entry(BytePath(cleaning: $0), .hardlink(target: "opt/a"), mode: 0o644) }
        let image = explanation.image
        explanation.image = AnalysedImage(
            name: image.name, manifest: image.manifest, config: image.config, platform: image.platform,
            layers: image.layers + [
                SampleImage.layer("ADD x /", nil, [SampleImage.file("opt/a", 5000)] + names, kind: .data),
                SampleImage.layer("RUN rm /opt/a", nil, [Entry("opt/a", .whiteout, mode: 0)], kind: .data),
            ])
        let files = list(try data(page(explanation))["files"]).map(list).filter { number($0[1]) == 5000 }
        #expect(files.map(\.first) == [.string("opt/b")])
    }

    @Test(
        "nothing of an image becomes markup or script",
        arguments: [
            "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<!--", "\u{202e}gnp.exe",
            "\u{1b}[2J", "&lt;b", "'onfocus='alert(1)",
        ])
    func hostile(text: String) throws {
        let plain = try page(SampleImage.explanation())
        let hostile = try page(SampleImage.explanation(name: "x" + text, hostile: text))
        for mark in ["<script", "</script", "<img", "<!--", "onerror=alert(1)>", "\u{202e}", "\u{1b}"] {
            #expect(
                hostile.split(separator: mark, omittingEmptySubsequences: false).count
                    == plain.split(separator: mark, omittingEmptySubsequences: false).count, "\(mark)")
        }
        #expect(throws: Never.self) { try data(hostile) }
        #expect(!hostile.contains("aria-label=\"/app'onfocus"))
    }

    @Test("a printed table has thirty rows and says how many more there are")
    func printed() throws {
        var explanation = try SampleImage.explanation()
        let item = explanation.waste.items[0]
        func page(_ count: Int) throws -> String {
            explanation.waste.items = (0..<count).map { _ in item }
            return try self.page(explanation)
        }
        #expect(try page(30).firstRange(of: "class=\"soft printed\"") == nil)
        #expect(try page(31).contains("<p class=\"soft printed\">and 1 more on the screen</p>"))
        #expect(try !page(500).contains("class=\"soft shown\""))
        let long = try page(1200)
        #expect(long.contains("<p class=\"soft shown\">and 700 more</p>"))
        #expect(long.contains("<p class=\"soft printed\">and 1170 more, 470 of them on the screen</p>"))
        #expect(long.contains("tbody tr:nth-child(n + 31), .shown { display: none; }"))
    }

    @Test("the treemap's colours differ for all eyes, and dark text is read on each")
    func colors() throws {
        let page = try page(SampleImage.explanation())
        let start = try #require(page.firstRange(of: "const palette = [")?.upperBound)
        let end = try #require(page[start...].firstIndex(of: "]"))
        let colors = page[start..<end].matches(of: #/"#([0-9a-f]{6})"/#).compactMap { UInt32($0.1, radix: 16) }
        #expect(colors.count == 8)
        let text = ColorVision.luminance(0x10151b)
        for (place, color) in colors.enumerated() {
            #expect((ColorVision.luminance(color) + 0.05) / (text + 0.05) >= 4.5)
            for other in colors[..<place] {
                for sight in ColorVision.Sight.allCases {
                    let distance = ColorVision.distance(color, other, sight)
                    #expect(distance > 20, "\(String(color, radix: 16)) \(String(other, radix: 16)) \(sight)")
                }
            }
        }
    }

    @Test(
        "advice says which risk it takes away",
        arguments: [
            ("secret", 2, "high risk: a secret leaks"), ("non-root", 1, "risk: an intruder is root"),
            ("new", 1, "risk: see the rule new"),
        ])
    func risk(rule: String, risk: Int, text: String) throws {
        var explanation = try SampleImage.explanation()
        explanation.advice = [Advice(rule: rule, title: "x", bytes: 0, risk: risk)]
        #expect(try page(explanation).contains("<li>x <span class=\"soft\">\(text)</span></li>"))
        #expect(AdviceNotes.risk(Advice(rule: rule, title: "x", bytes: 5)) == nil)
    }

    @Test("the page may load nothing, and its policy allows just the script that it has")
    func policy() throws {
        let page = try page(SampleImage.explanation())
        let start = try #require(page.firstRange(of: "\n<script>")?.upperBound)
        let end = try #require(page.firstRange(of: "</script>\n</body>")?.lowerBound)
        let place = try TemporaryDirectory("page")
        let file = try place.file("script", String(page[start..<end]))
        let digest = try Shell.run("openssl dgst -sha256 -binary '\(file)' | base64 | tr -d '\\n'")
        let policy = page.split(separator: "\n").first { $0.contains("Content-Security-Policy") }
        #expect(
            policy == """
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
                script-src 'sha256-\(digest)'">
                """)
        for outside in ["http://", "https://", "src=", "url(", "@import"] { #expect(!page.contains(outside)) }
    }
}
