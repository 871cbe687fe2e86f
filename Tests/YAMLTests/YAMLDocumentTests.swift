import Core
import Testing
import YAML

/// A tree in one line: scalars as they are (`'…'` when quoted), `[…]`, `{…}`.
private func sketch(_ node: YAMLNode) -> String {
    switch node.value {
    case .scalar(let text, let isPlain): isPlain ? text : "'\(text)'"
    case .sequence(let items): "[" + items.map(sketch).joined(separator: ", ") + "]"
    case .mapping(let pairs): "{" + pairs.map { "\($0.key): \(sketch($0.value))" }.joined(separator: ", ") + "}"
    case .refused: "refused"
    }
}

private func parse(_ text: String, _ limits: YAMLLimits = YAMLLimits()) throws -> YAMLDocument {
    try YAMLDocument.parse(SourceFile(name: "a.yaml", text: text), limits: limits)
}

/// The source text of a span with its line and column.
private func marked(_ span: SourceSpan?) -> String {
    guard let span else { return "nowhere" }
    let (line, column) = span.file.position(at: span.range.start)
    return "\(line):\(column) \(span.file.text(span.range))"
}

@Suite("YAML: documents")
struct YAMLDocumentTests {
    @Test(
        "a text becomes a tree of values",
        arguments: [
            ("a: 1\nb: [x, 'y', \"z\"]\n", "{a: 1, b: [x, 'y', 'z']}"),
            ("- a\n- - b\n  - c\n- d: e\n", "[a, [b, c], {d: e}]"),
            ("a: |\n  one\n  two\n", "{a: 'one\ntwo\n'}"),
            ("a: >-\n  one\n  two\n", "{a: 'one two'}"),
            ("a:\nb: ~\n", "{a: , b: ~}"),
            ("---\n# comment\na: b # more\n...\n", "{a: b}"),
            ("\u{FEFF}a: b\n", "{a: b}"),
            ("a: b\r\nc:\r\n  - d\r\n", "{a: b, c: [d]}"),
            ("{}", "{}"), ("[]", "[]"), ("plain", "plain"),
            ("mode: 0644\nuser: 65532:65532\n", "{mode: 0644, user: 65532:65532}"),
            ("%YAML 1.1\n---\na: b\n", "{a: b}"),
        ])
    func trees(text: String, expected: String) throws {
        let document = try parse(text)
        #expect(sketch(document.root) == expected)
        #expect(document.errors.isEmpty)
    }

    @Test("each value knows its place, in bytes even behind wider characters")
    func spans() throws {
        let root = try parse("ä: ö\nß: [é, {k: 漢字}]\nz:\n  - one\n  - two\n").root
        guard case .mapping(let pairs) = root.value else {
            Issue.record("no mapping")
            return
        }
        #expect(pairs.map { marked($0.keySpan) } == ["1:1 ä", "2:1 ß", "3:1 z"])
        #expect(
            pairs.map { marked($0.value.span) } == ["1:5 ö", "2:5 [é, {k: 漢字}]", "4:3 - one\n  - two"])
        guard case .sequence(let items) = pairs[1].value.value else {
            Issue.record("no list")
            return
        }
        #expect(items.map { marked($0.span) } == ["2:6 é", "2:10 {k: 漢字}"])
    }

    @Test(
        "what is not supported is reported, and reading goes on",
        arguments: [
            ("a: &x 1\nb: *x\n", ["yaml.anchor 1:4 &x 1", "yaml.alias 2:4 *x"], "{a: refused, b: refused}"),
            ("a: !!str 1\nb: ! c\n", ["yaml.tag 1:4 !!str 1", "yaml.tag 2:4 ! c"], "{a: refused, b: refused}"),
            ("a: !t [b]\n", ["yaml.tag 1:4 !t ["], "{a: [b]}"),
            ("a: 1\nb: 2\na: 3\n", ["yaml.duplicate-key 3:1 a"], "{a: 1, b: 2}"),
            ("{a: {b: 1, b: 2, b: 3}}", ["yaml.duplicate-key 1:12 b", "yaml.duplicate-key 1:18 b"], "{a: {b: 1}}"),
            ("? [a]\n: b\nc: d\n", ["yaml.key 1:3 [a]"], "{c: d}"),
            ("%TAG ! tag:x,2000:\n---\na: b\n", ["yaml.directive"], "{a: b}"),
        ])
    func refused(text: String, errors: [String], tree: String) throws {
        let document = try parse(text)
        let found = document.errors.map { "\($0.diagnostic.code) \(marked($0.span))" }
        #expect(found.count == errors.count)
        for (found, expected) in zip(found, errors) { #expect(found.hasPrefix(expected), "\(found)") }
        #expect(sketch(document.root) == tree)
    }

    @Test(
        "what can't be read ends with the place",
        arguments: [
            ("a: b\n---\nc: d\n", "yaml.several-documents 2:1"),
            ("", "yaml.empty 1:1"), ("# only a comment\n", "yaml.empty 1:1"),
            ("a: [b\n", "yaml.syntax 2:1"),
            ("a: b: c\n", "yaml.syntax 1:5"),
            ("a:\n\t- b\n", "yaml.tab 2:1"),
            ("a: \"b\n", "yaml.syntax 2:1"),
            ("a: 'x\u{1}'\n", "yaml.syntax 1:6"),
            ("ä: b\n c: d\n", "yaml.syntax 2:3"),
        ])
    func syntax(text: String, expected: String) {
        let error = #expect(throws: YAMLError.self) { _ = try parse(text) }
        let found = "\(error?.diagnostic.code ?? "") \(marked(error?.span))"
        #expect(found.hasPrefix(expected), "\(found)")
    }

    @Test("text that is not UTF-8 is refused at the byte")
    func invalidBytes() {
        let source = SourceFile(name: "a.yaml", bytes: Array("a: b\nc: ".utf8) + [0xFF, 0x0A])
        let error = #expect(throws: YAMLError.self) { _ = try YAMLDocument.parse(source) }
        #expect(error?.diagnostic.code == "yaml.syntax")
        #expect(error?.span?.range.start == 8)
    }

    @Test("size, depth and number of values have limits")
    func limits() throws {
        var limits = YAMLLimits()
        limits.size = 100
        limits.depth = 3
        limits.nodes = 10
        let longComment = "a: b\n#" + String(repeating: "x", count: 95)
        let error = #expect(throws: YAMLError.self) { _ = try parse(longComment, limits) }
        #expect(error?.kind == .tooLarge(limit: 100))
        #expect(throws: Never.self) { _ = try parse("[[[a]]]", limits) }
        let deep = #expect(throws: YAMLError.self) { _ = try parse("[[[[a]]]]", limits) }
        #expect(deep?.kind == .tooDeep(limit: 3))
        #expect(marked(deep?.span) == "1:4 [")
        #expect(throws: Never.self) { _ = try parse("[a,b,c,d,e,f,g,h,i]", limits) }
        let many = #expect(throws: YAMLError.self) { _ = try parse("[a,b,c,d,e,f,g,h,i,j,k]", limits) }
        #expect(many?.kind == .tooManyNodes(limit: 10))
    }

    @Test("hostile texts end quickly, with an error or a tree")
    func hostile() {
        let texts = [
            String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
            String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 50_000),
            String(repeating: "a: b\n", count: 1000), "\"" + String(repeating: "\\", count: 100_001),
            String(repeating: "&a ", count: 10_000), String(repeating: "\u{0}", count: 100),
            String(repeating: "#\n", count: 100_000), "a: " + String(repeating: "é", count: 100_000),
        ]
        for text in texts { _ = try? parse(text) }
    }

    @Test("any bytes are read without a trap")
    func anyBytes() {
        let seed = Array("a: [b, {c: 'd'}]\ne: |\n  x\n? y\n: \"z\\n\"\n- &a !t *b\n".utf8)
        var state: UInt64 = 42
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<3000 {
            var bytes = seed
            for _ in 0...random(6) {
                let place = random(bytes.count)
                switch random(3) {
                case 0: bytes[place] = UInt8(random(256))
                case 1: bytes.insert(seed[random(seed.count)], at: place)
                default: bytes.remove(at: place)
                }
            }
            let source = SourceFile(name: "a.yaml", bytes: bytes)
            if let document = try? YAMLDocument.parse(source) { check(document.root, source) }
        }
    }

    private func check(_ node: YAMLNode, _ source: SourceFile) {
        #expect(node.span.range.start >= 0 && node.span.range.end <= source.bytes.count)
        switch node.value {
        case .scalar, .refused: break
        case .sequence(let items): for item in items { check(item, source) }
        case .mapping(let pairs): for pair in pairs { check(pair.value, source) }
        }
    }
}
