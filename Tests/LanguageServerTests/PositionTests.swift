import Core
import DockerfileLint
import Testing

@testable import LanguageServer

@Suite("Positions")
struct PositionTests {
    @Test(
        "offsets and positions name the same place",
        arguments: [
            (0, 0, 0), (3, 0, 3), (4, 1, 0), (6, 1, 1), (10, 1, 3), (11, 1, 4), (13, 2, 0), (15, 3, 0), (16, 3, 1),
        ])
    func both(offset: Int, line: Int, character: Int) {
        // Lines: abc LF, ä 😀 x CR LF, y CR, z
        let positions = TextPositions(Array("abc\nä😀x\r\ny\rz".utf8))
        #expect(positions.position(offset) == TextPosition(line, character))
        #expect(positions.offset(TextPosition(line, character)) == offset)
    }

    @Test(
        "what lies outside is the nearest place inside",
        arguments: [
            (0, 99, 3), (1, 2, 6), (1, 99, 11), (2, 7, 14), (9, 0, 16), (Int.max, Int.max, 16),
        ])
    func outside(line: Int, character: Int, offset: Int) {
        let positions = TextPositions(Array("abc\nä😀x\r\ny\rz".utf8))
        #expect(positions.offset(TextPosition(line, character)) == offset)
    }

    @Test("bytes that are no UTF-8 lead nowhere outside")
    func broken() {
        let positions = TextPositions([0xf0, 0x9f, 0x0a, 0xe2])
        for offset in 0...4 { #expect((0...4).contains(positions.offset(positions.position(offset)))) }
        #expect(positions.offset(TextPosition(1, 9)) == 4)
    }

    @Test(
        "a URI of a file gives its path",
        arguments: [
            ("file:///a/Dockerfile", "/a/Dockerfile"), ("FILE:///a%20b/%C3%A4", "/a b/ä"),
            ("file://localhost/x", "/x"), ("file:///50%", "/50%"), ("file:///%zz", "/%zz"),
        ])
    func uri(uri: String, path: String) { #expect(FileURI.path(uri) == path) }

    @Test(
        "other URIs name no file",
        arguments: ["untitled:Untitled-1", "file://", "file://server/share", "", "file:///a%00b", "file:///%ff"])
    func others(uri: String) { #expect(FileURI.path(uri) == nil) }

    @Test(
        "the difference of two texts is one edit that makes one the other",
        arguments: [
            ("FROM a\nRUN b\n", "FROM a\nRUN -y b\n"), ("a", ""), ("", "a"), ("aa", "a"), ("aba", "abababa"),
            ("x\r\ny", "x\ny"), ("ä", "å"), ("😀", "😁"), ("same", "same"),
        ])
    func difference(before: String, after: String) {
        let (old, new) = (Array(before.utf8), Array(after.utf8))
        guard let edit = LanguageSession.difference(old, new) else {
            #expect(before == after)
            return
        }
        var bytes = old
        bytes.replaceSubrange(edit.range.start..<edit.range.end, with: edit.text.utf8)
        #expect(bytes == new)
        #expect(!edit.text.contains("\u{fffd}"))
    }
}
