import Core
import SampanTestSupport
import Testing

@Suite("Paths of bytes")
struct BytePathTests {
    @Test(
        "cleaning is lexical and never leaves the root",
        arguments: [
            ("", ""), ("/", ""), (".", ""), ("./", ""), ("..", ""), ("../..", ""), ("/../a", "a"), ("a", "a"),
            ("/a/b", "a/b"),
            ("a//b", "a/b"), ("a/./b", "a/b"), ("a/b/..", "a"), ("a/b/../..", ""), ("a/../../b", "b"),
            ("a/b/../c/", "a/c"),
            ("...", "..."), ("a/..b", "a/..b"), (".a/.", ".a"), ("a/.../b", "a/.../b"), ("  ", "  "), ("a\\b", "a\\b"),
        ])
    func cleaning(text: String, expected: String) {
        let path = BytePath(cleaning: text)
        #expect(path.description == expected)
        #expect(path.absolute == "/" + expected)
        #expect(path.isRoot == expected.isEmpty)
        #expect(BytePath(cleaning: path.bytes) == path)
    }

    @Test("names are bytes: what is no UTF-8 is kept, and forms of one letter differ")
    func bytes() {
        let raw: [UInt8] = [0x61, 0x2F, 0xFF, 0xFE]
        #expect(BytePath(cleaning: raw).bytes == raw)
        #expect(BytePath(cleaning: raw).description == "a/\u{FFFD}\u{FFFD}")
        #expect(BytePath(cleaning: "e\u{301}") != BytePath(cleaning: "\u{E9}"))
    }

    @Test("parts of a path")
    func parts() {
        let path: BytePath = "a/bc/d"
        #expect(Array(path.name) == Array("d".utf8))
        #expect(path.parent == "a/bc")
        #expect(path.parent.parent.parent == "")
        #expect(BytePath().parent == "")
        #expect(BytePath().name.isEmpty)
        #expect(path.components.map { String(decoding: $0, as: UTF8.self) } == ["a", "bc", "d"])
        #expect(BytePath().components.isEmpty)
    }

    @Test("joining")
    func joining() {
        #expect(BytePath().appending("a") == "a")
        #expect(BytePath("a").appending("b/c") == "a/b/c")
        #expect(BytePath("a").appending("") == "a")
        #expect(BytePath("a").appending(BytePath("b")) == "a/b")
    }

    @Test(
        "a path is below another by whole names",
        arguments: [
            ("a/b", "a", true, "b"), ("a", "a", true, ""), ("ab", "a", false, nil), ("a", "a/b", false, nil),
            ("a/b", "", true, "a/b"), ("", "", true, ""), ("", "a", false, nil), ("a/bc/d", "a/b", false, nil),
        ] as [(String, String, Bool, String?)])
    func below(path: String, ancestor: String, isBelow: Bool, rest: String?) {
        let path = BytePath(cleaning: path)
        let ancestor = BytePath(cleaning: ancestor)
        #expect(path.isSameOrBelow(ancestor) == isBelow)
        #expect(path.relative(to: ancestor) == rest.map { BytePath(cleaning: $0) })
    }

    @Test("order is that of the bytes, and a directory comes before what is below it")
    func order() {
        let sorted = ["", "a", "a-b", "a.b", "a/b", "a/c", "a0", "b", "é"]
        var generator = SeededGenerator(seed: 3)
        let shuffled = sorted.map { BytePath(cleaning: $0) }.shuffled(using: &generator)
        #expect(shuffled.sorted().map(\.description) == sorted)
    }
}
