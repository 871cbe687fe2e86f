import Core
import Testing

@testable import DockerfileLint
@testable import LanguageServer

@Suite("Conversations")
struct ConversationTests {
    private static func frames(_ messages: String...) -> LanguageLoop.Input {
        .bytes(messages.flatMap { Frame.bytes($0) })
    }

    private static let surroundings = LanguageSurroundings(settings: { LintSettings() }, version: "1.2.3")

    @Test("a whole conversation, message by message")
    func whole() async throws {
        let transcript = Transcript([
            Self.frames(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":1,"capabilities":{}}}"#),
            Self.frames(
                #"{"jsonrpc":"2.0","method":"initialized","params":{}}"#,
                #"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///w/Dockerfile","#
                    + #""languageId":"dockerfile","version":7,"text":"FROM debian:12\nMAINTAINER me\nUSER 1\n"}}}"#),
            .quiet,
            Self.frames(#"{"jsonrpc":"2.0","id":"two","method":"shutdown"}"#),
            Self.frames(#"{"jsonrpc":"2.0","method":"exit"}"#, "never read"),
        ])
        #expect(try await transcript.loop.run(Self.surroundings))
        let messages = try transcript.messages()
        try #require(messages.count == 3)
        #expect(
            messages[0]
                == #"{"jsonrpc":"2.0","id":1,"result":{"capabilities":{"positionEncoding":"utf-16","textDocumentSync":"#
                + #"{"openClose":true,"change":2,"save":{"includeText":false}},"codeActionProvider":{"codeActionKinds":"#
                + #"["quickfix","source.fixAll.sampan"]},"hoverProvider":true,"definitionProvider":true,"#
                + #""documentSymbolProvider":true,"completionProvider":{"triggerCharacters":"#
                + ##"["-","=",",","$","{"," "]}},"serverInfo":{"name":"sampan","version":"1.2.3"}}}"##)
        #expect(
            messages[1].hasPrefix(
                #"{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"file:///w/Dockerfile","#
                    + #""version":7,"diagnostics":["#))
        let told = items(try OrderedJSON(parsing: Array(messages[1].utf8)).at("params", "diagnostics") ?? [])
        let maintainer = try #require(told.first { $0["code"] == "DL4000" })
        #expect(
            maintainer["range"]?.line
                == #"{"start":{"line":1,"character":0},"end":{"line":1,"character":13}}"#)
        #expect(maintainer["severity"] == 1)
        #expect(maintainer["source"] == "sampan")
        #expect(maintainer.at("codeDescription", "href") == "https://github.com/hadolint/hadolint/wiki/DL4000")
        #expect(maintainer["message"]?.string?.contains("(also MaintainerDeprecated)") ?? false)
        #expect(messages[2] == #"{"jsonrpc":"2.0","id":"two","result":null}"#)
        // Only a text that was changed sets a time limit.
        #expect(transcript.waits == [nil, nil, 150, nil, nil])
    }

    @Test("who goes without a word ends badly", arguments: [true, false])
    func end(exits: Bool) async throws {
        let start = Self.frames(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#)
        let exit = Self.frames(#"{"jsonrpc":"2.0","method":"exit"}"#)
        #expect(try await !Transcript(exits ? [start, exit] : [start]).loop.run(Self.surroundings))
    }

    @Test("a stream that can't be cut is answered and given up")
    func broken() async throws {
        let transcript = Transcript([.bytes(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)), .quiet])
        #expect(try await !transcript.loop.run(Self.surroundings))
        #expect(
            try transcript.messages() == [
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"a header is broken"}}"#
            ])
    }

    @Test("changes while somebody types are looked at once, when it is quiet")
    func debounce() async throws {
        let change =
            #"{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///w/Dockerfile","#
            + #""version":9},"contentChanges":[{"text":"FROM scratch\n"}]}}"#
        let transcript = Transcript([
            Self.frames(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#),
            Self.frames(
                #"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///w/Dockerfile","#
                    + #""version":1,"text":"FROM x"}}}"#),
            Self.frames(change), Self.frames(change), .quiet,
        ])
        _ = try await transcript.loop.run(Self.surroundings)
        let messages = try transcript.messages()
        #expect(messages.count == 2)
        #expect(
            messages.last
                == #"{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"file:///w/Dockerfile","#
                + #""version":9,"diagnostics":[]}}"#)
    }

    @Test(
        "what is no request gets the error that the protocol has for it",
        arguments: [
            ("", #"{"code":-32700,"message":"not JSON: expected a value"}"#),
            ("{", #"{"code":-32700,"message":"not JSON: expected a key in quotes"}"#),
            ("[]", #"{"code":-32600,"message":"not a request of JSON-RPC 2.0"}"#),
            ("null", #"{"code":-32600,"message":"not a request of JSON-RPC 2.0"}"#),
            (#"{"id":1,"method":"shutdown"}"#, #"{"code":-32600,"message":"not a request of JSON-RPC 2.0"}"#),
            (#"{"jsonrpc":"2.0","method":7}"#, #"{"code":-32600,"message":"not a request of JSON-RPC 2.0"}"#),
            (String(repeating: "[", count: 100), #"{"code":-32700,"message":"not JSON: expected at most 64 levels"}"#),
        ])
    func invalid(message: String, error: String) {
        var client = Client()
        #expect(client.send(message) == [#"{"jsonrpc":"2.0","id":null,"error":\#(error)}"#])
    }

    @Test(
        "requests that can't be carried out say why",
        arguments: [
            ("initialize", "{}", -32600, "the server is initialized already"),
            ("textDocument/rename", "{}", -32601, "unknown method 'textDocument/rename'"),
            ("$/x", "null", -32601, "unknown method '$/x'"),
            ("textDocument/hover", "{}", -32602, "parameters without textDocument.uri"),
            ("textDocument/hover", "[1]", -32602, "parameters without textDocument.uri"),
            (
                "textDocument/hover", #"{"textDocument":{"uri":"file:///other"}}"#, -32602,
                "parameters without a document that is open"
            ),
            (
                "textDocument/completion",
                #"{"textDocument":{"uri":"file:///work/Dockerfile"},"position":{"line":-1,"character":0}}"#, -32602,
                "parameters without a position"
            ),
            (
                "textDocument/codeAction", #"{"textDocument":{"uri":"file:///work/Dockerfile"},"range":{"start":1}}"#,
                -32602,
                "parameters without a range"
            ),
        ])
    func refused(method: String, parameters: String, code: Int, message: String) {
        var client = Client("FROM scratch\n")
        #expect(
            client.send(#"{"jsonrpc":"2.0","id":5,"method":"\#(method)","params":\#(parameters)}"#)
                == [#"{"jsonrpc":"2.0","id":5,"error":{"code":\#(code),"message":"\#(message)"}}"#])
    }

    @Test("nothing is done before initialize and after shutdown")
    func order() {
        var session = Client.fresh
        let hover = Array(#"{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{}}"#.utf8)
        #expect(session.receive(hover).first?.at("error", "code") == .int(-32002))
        #expect(
            session.receive(Array(#"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{}}"#.utf8)).isEmpty)
        var client = Client("FROM a")
        #expect(client.ask("shutdown", .null) == .null)
        #expect(client.ask("shutdown", .null).at("error", "code") == .int(-32600))
        #expect(client.hover(0, 0).at("error", "message") == "the server was shut down")
    }

    @Test("answers, unknown notifications and cancellations are let pass")
    func ignored() {
        var client = Client()
        #expect(client.send(#"{"jsonrpc":"2.0","id":9,"result":null}"#).isEmpty)
        #expect(client.send(#"{"jsonrpc":"2.0","id":9,"error":{"code":1,"message":""}}"#).isEmpty)
        #expect(client.send(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":3}}"#).isEmpty)
        #expect(client.send(#"{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":{}}"#).isEmpty)
    }

    @Test("a notification that makes no sense is told in the client's log and changes nothing")
    func nonsense() {
        var client = Client("FROM a\n")
        let uri: OrderedJSON = ["uri": .string(Client.uri)]
        let change = client.notify(
            "textDocument/didChange", ["textDocument": uri, "contentChanges": [["range": ["start": 1], "text": "x"]]])
        #expect(
            change.map(\.line) == [
                #"{"jsonrpc":"2.0","method":"window/logMessage","params":{"type":1,"message":"#
                    + #""sampan: textDocument/didChange: parameters without a range"}}"#
            ])
        #expect(client.session.documents[Client.uri]?.bytes == Array("FROM a\n".utf8))
        #expect(client.notify("textDocument/didOpen", ["textDocument": uri]).count == 1)
        #expect(client.notify("textDocument/didClose", ["textDocument": ["uri": "file:///no"]]).count == 1)
    }

    @Test("edits of a text are made as the client says, one after the other")
    func edits() {
        var client = Client("FROM a\nRUN 😀 b\n")
        func change(_ line: Int, _ from: Int, _ to: Int, _ text: String) -> OrderedJSON {
            [
                "range": ["start": TextPosition(line, from).json, "end": TextPosition(line, to).json],
                "text": .string(text),
            ]
        }
        let messages = client.notify(
            "textDocument/didChange",
            [
                "textDocument": ["uri": .string(Client.uri), "version": 2],
                "contentChanges": [change(1, 6, 8, " c"), change(0, 5, 6, "debian"), change(9, 0, 0, "# end")],
            ])
        #expect(messages.isEmpty)
        #expect(
            client.session.documents[Client.uri].map { String(decoding: $0.bytes, as: UTF8.self) }
                == "FROM debian\nRUN 😀 c\n# end")
        #expect(client.session.hasUnchecked)
    }

    @Test("closing takes the findings back, and saving looks again")
    func close() async {
        var client = Client("FROM debian\n")
        #expect(await client.session.check().count == 1)
        #expect(!client.session.hasUnchecked)
        let uri: OrderedJSON = ["textDocument": ["uri": .string(Client.uri)]]
        #expect(client.notify("textDocument/didSave", uri).isEmpty)
        #expect(client.session.hasUnchecked)
        #expect(
            client.notify("textDocument/didClose", uri).map(\.line) == [
                #"{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":"#
                    + #"{"uri":"file:///work/Dockerfile","diagnostics":[]}}"#
            ])
        #expect(await client.session.check().isEmpty)
    }

    @Test("what other programs find is told too, and the project's files count")
    func surroundings() async {
        var client = Client(
            "FROM debian:12\nRUN echo $x\nUSER 1\n",
            others: { file in
                [
                    Finding(
                        code: "SC2086", severity: .info, message: "quote it", range: SourceRange(24, 26), instruction: 1
                    )
                ]
            })
        let messages = await client.session.check()
        let codes = items(messages.first?.at("params", "diagnostics") ?? []).compactMap { $0["code"]?.string }
        #expect(codes.contains("SC2086"))
    }

    @Test("a text longer than any Dockerfile is not looked at")
    func long() async {
        var client = Client(String(repeating: "#", count: OpenDocument.limit + 1))
        let messages = await client.session.check()
        #expect(
            messages.first?.at("params", "diagnostics")?.line
                == #"[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"severity":1,"#
                + #""source":"sampan","message":"longer than 16 MiB, which no Dockerfile is"}]"#)
        #expect(client.hover(0, 0) == .null)
        #expect(client.completions(0, 0).isEmpty)
        #expect(client.actions(0).isEmpty)
    }
}
