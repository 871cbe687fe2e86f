import Core
import DockerfileLint
import Testing

@testable import LanguageServer

@Suite("Texts on their way")
struct MutationTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private static let pieces = [
        "FROM ", "FROM a AS b\n", "RUN ", "COPY --from=", "--mount=type=", ",", "$", "${", "<<EOF\n", "EOF\n", "\\\n",
        "\n",
        "\r\n", "\r", "# hadolint ignore=", "# check=", "ä", "😀", "[\"", "\"]", " ", "\t", "ONBUILD ", "`", "\u{0}",
        "=",
    ]

    @Test("a server stays whole, and knows the client's text, through any edits", arguments: [1, 2, 3, 4])
    func edits(seed: UInt64) async throws {
        var generator = Generator(state: seed)
        let examples = RuleBook.all.map(\.bad.dockerfile)
        var client = Client("")
        var text = ""
        for round in 0..<150 {
            if round % 15 == 0 {
                text = examples.randomElement(using: &generator) ?? ""
                client.open(text)
            }
            // The client's own arithmetic: lines and UTF-16 units of Swift's strings.
            let units = Array(text.utf16)
            var places = [0, 0].map { _ in Int.random(in: 0...units.count, using: &generator) }.sorted()
            places = places.map { Self.border(units, $0) }
            let length = min(places[1] - places[0], 12)
            let end = Self.border(units, places[0] + length)
            let piece = Self.pieces.randomElement(using: &generator) ?? ""
            let positions = [places[0], end].map { Self.position(units, $0) }
            let change: OrderedJSON = [
                "range": ["start": positions[0].json, "end": positions[1].json], "text": .string(piece),
            ]
            let document: OrderedJSON = ["uri": .string(Client.uri), "version": .int(round)]
            let told = client.notify(
                "textDocument/didChange", ["textDocument": document, "contentChanges": [change]])
            #expect(told.isEmpty)
            text = String(decoding: units[..<places[0]] + Array(piece.utf16) + units[end...], as: UTF16.self)
            try #require(client.session.documents[Client.uri]?.bytes == Array(text.utf8))
            let cursor = positions[0]
            #expect(client.hover(cursor.line, cursor.character)["error"] == nil)
            _ = client.completions(cursor.line, cursor.character + piece.utf16.count)
            if round % 5 == 0 {
                #expect(await client.session.check().count == 1)
                for action in client.actions(cursor.line) { _ = client.applying(action) }
            }
        }
    }

    /// Not in the middle of a pair, nor of a line end, for which there is no position.
    private static func border(_ units: [UInt16], _ index: Int) -> Int {
        guard index > 0, index < units.count else { return index }
        let isInside = (0xdc00...0xdfff).contains(units[index]) || units[index] == 0x0a && units[index - 1] == 0x0d
        return isInside ? index - 1 : index
    }

    private static func position(_ units: [UInt16], _ index: Int) -> TextPosition {
        var position = TextPosition(0, 0)
        for place in 0..<index {
            let isEnd =
                units[place] == 0x0a
                || units[place] == 0x0d && (place + 1 == units.count || units[place + 1] != 0x0a)
            position = isEnd ? TextPosition(position.line + 1, 0) : TextPosition(position.line, position.character + 1)
        }
        return position
    }
}
