import Core
import DockerfileSyntax
import Testing

@Suite("the reference word lexer's cases")
struct ReferenceShellTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var line: Int
        var input: String
        /// Nil for an error.
        var expected: [String]?
        var variables: [String: String] = [:]
        var testDescription: String { "line \(line): \(input)" }
    }

    static let root = PublicCases.directory("dockerfile-shell")

    /// `A|U|W | input | expected or error`; W is for Windows.
    static let expansions: [Case] = lines("envVarTest").compactMap { number, line in
        let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, trim(parts[0]) != "W" else { return nil }
        let expected = trim(parts[2])
        return Case(line: number, input: trim(parts[1]), expected: expected == "error" ? nil : [expected])
    }

    /// `input | word,word or error`, with `ENV name=value` in between.
    static let splits: [Case] = {
        var variables: [String: String] = [:]
        var out: [Case] = []
        for (number, line) in lines("wordsTest") {
            if line.hasPrefix("ENV ") {
                let pair = line.dropFirst(4).drop { $0 == " " }
                let name = pair.prefix { $0 != "=" }
                variables[String(name)] = String(pair.dropFirst(name.count + 1))
                continue
            }
            let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { continue }
            var expected = parts[1]
            if expected.hasPrefix(" ") { expected.removeFirst() }
            out.append(
                Case(
                    line: number, input: trimEnd(parts[0]),
                    expected: expected == "error"
                        ? nil : expected.split(separator: ",", omittingEmptySubsequences: false).map(String.init),
                    variables: variables))
        }
        return out
    }()

    private static func lines(_ name: String) -> [(Int, String)] {
        guard let root, let bytes = PublicCases.read(root + "/" + name) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated().compactMap { index, line in
                let isComment = line.first == "#" || trim(String(line)).isEmpty
                return isComment ? nil : (index + 1, String(line))
            }
    }

    private static func trim(_ text: String) -> String { String(trimEnd(text).drop { $0 == " " || $0 == "\t" }) }

    private static func trimEnd(_ text: String) -> String {
        var text = text
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    static let environment = ["PWD": "/home", "SHELL": "bash", "KOREAN": "한국어", "NULL": ""]

    @Test(
        "a word expands as the reference lexer expands it",
        .enabled(if: root != nil, "../shared/data/dockerfile-shell is not there"), arguments: expansions)
    func expansion(of item: Case) throws {
        let expander = WordExpander()
        guard let expected = item.expected else {
            #expect(throws: ExpansionError.self) { try expander.process(item.input) { Self.environment[$0] } }
            return
        }
        #expect(try expander.process(item.input) { Self.environment[$0] }.text == expected[0])
    }

    @Test(
        "a text splits into the words that the reference lexer finds",
        .enabled(if: root != nil, "../shared/data/dockerfile-shell is not there"), arguments: splits)
    func words(of item: Case) throws {
        let expander = WordExpander()
        guard let expected = item.expected else {
            #expect(throws: ExpansionError.self) { try expander.process(item.input) { item.variables[$0] } }
            return
        }
        #expect(try expander.process(item.input) { item.variables[$0] }.words == expected)
    }
}
