import Testing

@testable import LanguageServer

@Suite("Frames of messages")
struct FrameTests {
    /// All messages of a stream that comes in pieces of a size.
    private static func messages(_ stream: [UInt8], by size: Int) throws -> [String] {
        var reader = FrameReader()
        var out: [String] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            reader.feed(Array(stream[start..<min(start + size, stream.count)]))
            while let message = try reader.next() { out.append(String(decoding: message, as: UTF8.self)) }
        }
        return out
    }

    @Test("messages are cut where they end, however the bytes come", arguments: [1, 2, 3, 7, 64, 4096])
    func pieces(size: Int) throws {
        let stream =
            Frame.bytes("{}") + Frame.bytes("") + Frame.bytes("äöü😀")
            + Array("content-length:3\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n[1]".utf8)
        #expect(try Self.messages(stream, by: size) == ["{}", "", "äöü😀", "[1]"])
    }

    @Test("many messages take time that grows with them alone")
    func many() throws {
        let stream = (0..<20_000).flatMap { Frame.bytes("{\"id\":\($0)}") }
        #expect(try Self.messages(stream, by: 65_536).count == 20_000)
        #expect(try Self.messages(stream, by: stream.count).last == "{\"id\":19999}")
    }

    @Test("the length counts bytes")
    func length() {
        #expect(String(decoding: Frame.bytes("ä"), as: UTF8.self) == "Content-Length: 2\r\n\r\nä")
    }

    @Test(
        "a header that says nothing ends the conversation",
        arguments: [
            ("\r\n", FrameReader.FrameError.header), ("Content-Length\r\n\r\n", .header),
            ("Content-Length: \r\n\r\n", .header), ("Content-Length: -1\r\n\r\n", .header),
            ("Content-Length: 0x10\r\n\r\n", .header), ("Content-Type: text\r\n\r\n{}", .header),
            ("Content-Length: 99999999999999999999\r\n\r\n", .size), ("Content-Length: 67108865\r\n\r\n", .size),
        ])
    func broken(text: String, expected: FrameReader.FrameError) {
        var reader = FrameReader()
        reader.feed(Array(text.utf8))
        #expect(throws: expected) { _ = try reader.next() }
    }

    @Test("a header without end is not waited for", arguments: ["x", "A: b\r\n"])
    func endless(piece: String) {
        var reader = FrameReader()
        reader.feed(Array(String(repeating: piece, count: 5000).utf8))
        #expect(throws: FrameReader.FrameError.size) { _ = try reader.next() }
    }

    @Test("a length that is promised and doesn't come costs nothing")
    func promised() throws {
        var reader = FrameReader()
        reader.feed(Array("Content-Length: 67108864\r\n\r\n{".utf8))
        #expect(try reader.next() == nil)
    }

    @Test("a reader stays whole on any bytes")
    func random() {
        var seed: UInt64 = 1
        let pieces = ["Content-Length: ", "2", "\r\n", "\r", "\n", "\r\n\r\n", "{}", ":", "\u{0}", "9"]
        for _ in 0..<2000 {
            var reader = FrameReader()
            var text = ""
            for _ in 0..<12 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(seed >> 33) % pieces.count]
            }
            reader.feed(Array(text.utf8))
            do { while try reader.next() != nil {} } catch {}
        }
    }
}
