import Core
import DockerfileLint
import Synchronization

@testable import LanguageServer

/// A client that follows a script.
struct Client {
    static let uri = "file:///work/Dockerfile"
    var session: LanguageSession
    private var lastID = 0

    /// - Parameter text: of the document that is open; nil opens none.
    init(
        _ text: String? = nil, versioned: Bool = false, project: (any LintProject)? = nil,
        others: @escaping @Sendable (LintFile) async -> [Finding] = { _ in [] }
    ) {
        session = LanguageSession(
            LanguageSurroundings(
                settings: { LintSettings() }, version: "1.2.3", project: { _ in project }, others: others))
        let capabilities = versioned ? #"{"workspace":{"workspaceEdit":{"documentChanges":true}}}"# : "{}"
        _ = send(#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"capabilities":\#(capabilities)}}"#)
        if let text { open(text) }
    }

    /// One that said nothing yet.
    static var fresh: LanguageSession {
        LanguageSession(LanguageSurroundings(settings: { LintSettings() }, version: "1"))
    }

    mutating func send(_ message: String) -> [String] { session.receive(Array(message.utf8)).map(\.line) }

    mutating func open(_ text: String) {
        _ = notify(
            "textDocument/didOpen",
            [
                "textDocument": [
                    "uri": .string(Self.uri), "languageId": "dockerfile", "version": 1, "text": .string(text),
                ]
            ])
    }

    mutating func notify(_ method: String, _ parameters: OrderedJSON) -> [OrderedJSON] {
        session.receive(RPCAnswer.notification(method, parameters).bytes(indent: nil))
    }

    /// The result of a request, or the error under the key `error`.
    mutating func ask(_ method: String, _ parameters: OrderedJSON) -> OrderedJSON {
        lastID += 1
        let request: OrderedJSON = [
            "jsonrpc": "2.0", "id": .int(lastID), "method": .string(method), "params": parameters,
        ]
        let answers = session.receive(request.bytes(indent: nil))
        guard answers.count == 1, answers[0]["id"] == .int(lastID) else { return "no answer" }
        return answers[0]["result"] ?? answers[0]
    }

    mutating func hover(_ line: Int, _ character: Int) -> OrderedJSON {
        ask("textDocument/hover", Self.place(line, character))
    }

    /// Labels of what may be written there.
    mutating func completions(_ line: Int, _ character: Int) -> [String] {
        items(ask("textDocument/completion", Self.place(line, character))).compactMap { $0["label"]?.string }
    }

    /// Code actions of a line.
    mutating func actions(_ line: Int, only: [String]? = nil) -> [OrderedJSON] {
        var context: OrderedJSON = ["diagnostics": []]
        if let only { context["only"] = .array(only.map { .string($0) }) }
        return items(
            ask(
                "textDocument/codeAction",
                [
                    "textDocument": ["uri": .string(Self.uri)],
                    "range": ["start": TextPosition(line, 0).json, "end": TextPosition(line, 1000).json],
                    "context": context,
                ]))
    }

    /// The text as it is, and as it is after an action.
    func applying(_ action: OrderedJSON) -> String {
        guard let document = session.documents[Self.uri] else { return "" }
        let edits =
            action.at("edit", "changes", Self.uri) ?? items(action.at("edit", "documentChanges") ?? []).first?["edits"]
        var bytes = document.bytes
        let sorted = items(edits ?? []).compactMap { edit in
            document.positions.range(edit["range"]).map { ($0, edit["newText"]?.string ?? "") }
        }.enumerated().sorted { ($0.element.0.start, $0.offset) > ($1.element.0.start, $1.offset) }
        for (_, edit) in sorted { bytes.replaceSubrange(edit.0.start..<edit.0.end, with: edit.1.utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func place(_ line: Int, _ character: Int) -> OrderedJSON {
        ["textDocument": ["uri": .string(uri)], "position": TextPosition(line, character).json]
    }
}

func items(_ json: OrderedJSON) -> [OrderedJSON] { json.items ?? [] }

/// What a server that is run over a script of inputs writes.
final class Transcript: Sendable {
    private let state: Mutex<(inputs: [LanguageLoop.Input], waits: [Int32?], output: [UInt8])>

    init(_ inputs: [LanguageLoop.Input]) { state = Mutex((inputs, [], [])) }

    var loop: LanguageLoop {
        LanguageLoop(
            read: { time in
                self.state.withLock { state in
                    state.waits.append(time)
                    return state.inputs.isEmpty ? .end : state.inputs.removeFirst()
                }
            },
            write: { bytes in self.state.withLock { $0.output += bytes } })
    }

    var waits: [Int32?] { state.withLock { $0.waits } }
    var text: String { String(decoding: state.withLock { $0.output }, as: UTF8.self) }

    /// The messages without their headers.
    func messages() throws -> [String] {
        var reader = FrameReader()
        reader.feed(state.withLock { $0.output })
        var out: [String] = []
        while let message = try reader.next() { out.append(String(decoding: message, as: UTF8.self)) }
        return out
    }
}
