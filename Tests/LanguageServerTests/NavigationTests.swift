import Core
import DockerfileLint
import Synchronization
import Testing

@testable import LanguageServer

@Suite("Finding one's way in an editor")
struct NavigationTests {
    private static let text = """
        ARG TAG=12
        FROM debian:$TAG AS Base
        ARG TAG
        ENV HOME=/a PORT=80
        FROM base AS app
        ARG MODE=x
        ENV MODE2=${MODE:-y}
        RUN --mount=type=bind,from=Base,target=/x echo "$PORT" ${MODE} $NONE
        RUN cat <<EOF
        $MODE
        EOF
        FROM scratch
        COPY --from=0 --chown=$PORT a b
        COPY --from=app /a /b
        COPY --from=later /a /b
        FROM scratch AS later

        """

    /// `LINE:CHARACTER-LINE:CHARACTER` of what a place stands for, nil for nothing.
    private static func definition(_ client: inout Client, _ line: Int, _ character: Int) -> String? {
        let answer = client.ask("textDocument/definition", Client.place(line, character))
        if answer == .null { return nil }
        guard answer["uri"]?.string == Client.uri, let start = TextPosition(answer.at("range", "start")),
            let end = TextPosition(answer.at("range", "end"))
        else { return answer.line }
        return "\(start.line):\(start.character)-\(end.line):\(end.character)"
    }

    @Test(
        "a stage's name leads to its FROM, a variable's to the ARG or ENV that gives it its value",
        arguments: [
            // Stages: by name in any case, by number, in mounts; from both ends of the word.
            (4, 5, "1:20-1:24"), (4, 9, "1:20-1:24"), (7, 27, "1:20-1:24"), (12, 12, "1:20-1:24"),
            (13, 13, "4:13-4:16"),
            // Only earlier ones can be meant; nothing leads from a flag or an image.
            (14, 13, nil), (13, 2, nil), (15, 6, nil), (1, 6, nil),
            // Variables: of FROM from before it, of a stage in it, of the environment of the stage below.
            (1, 12, "0:4-0:7"), (1, 16, "0:4-0:7"), (2, 5, "0:4-0:7"), (6, 13, "5:4-5:8"), (7, 50, "3:12-3:16"),
            (7, 58, "5:4-5:8"), (9, 2, "5:4-5:8"), (7, 66, nil),
            // Neither goes to a stage that is not built on.
            (12, 24, nil), (0, 5, nil), (99, 0, nil),
        ] as [(Int, Int, String?)])
    func definition(line: Int, character: Int, expected: String?) {
        var client = Client(Self.text)
        #expect(Self.definition(&client, line, character) == expected)
    }

    @Test("the answer is the protocol's Location, in UTF-16")
    func message() {
        var client = Client("FROM debian:12 AS a\nFROM scratch\nLABEL x=\"😀\"\nCOPY --from=a \"/😀\" /b\n")
        #expect(
            client.ask("textDocument/definition", Client.place(3, 12)).line
                == #"{"uri":"file:///work/Dockerfile","range":{"start":{"line":0,"character":18},"#
                + #""end":{"line":0,"character":19}}}"#)
        #expect(client.ask("textDocument/definition", ["textDocument": ["uri": "file:///none"]])["error"] != nil)
    }

    @Test("the outline has the stages, and the variables in them and before them")
    func symbols() {
        var client = Client("ARG V=1\nFROM debian:12 AS a\nENV X=1 Y=2\n\nFROM scratch\nUSER 1\n")
        #expect(
            client.ask("textDocument/documentSymbol", ["textDocument": ["uri": .string(Client.uri)]]).line
                == #"[{"name":"V","detail":"ARG","kind":13,"range":{"start":{"line":0,"character":0},"#
                + #""end":{"line":0,"character":7}},"selectionRange":{"start":{"line":0,"character":4},"#
                + #""end":{"line":0,"character":5}}},"#
                + #"{"name":"a","detail":"stage 0: FROM debian:12","kind":2,"range":{"start":{"line":1,"character":0},"#
                + #""end":{"line":2,"character":11}},"selectionRange":{"start":{"line":1,"character":18},"#
                + #""end":{"line":1,"character":19}},"children":["#
                + #"{"name":"X","detail":"ENV","kind":13,"range":{"start":{"line":2,"character":0},"#
                + #""end":{"line":2,"character":11}},"selectionRange":{"start":{"line":2,"character":4},"#
                + #""end":{"line":2,"character":5}}},"#
                + #"{"name":"Y","detail":"ENV","kind":13,"range":{"start":{"line":2,"character":0},"#
                + #""end":{"line":2,"character":11}},"selectionRange":{"start":{"line":2,"character":8},"#
                + #""end":{"line":2,"character":9}}}]},"#
                + #"{"name":"scratch","detail":"stage 1: FROM scratch","kind":2,"#
                + #""range":{"start":{"line":4,"character":0},"end":{"line":5,"character":6}},"#
                + #""selectionRange":{"start":{"line":4,"character":5},"end":{"line":4,"character":12}},"children":[]}]"#
        )
        var broken = Client("COPY --from= $\nFROM\nARG\nENV =\n${\n")
        for line in 0..<6 { for character in 0..<16 { _ = Self.definition(&broken, line, character) } }
        _ = broken.ask("textDocument/documentSymbol", ["textDocument": ["uri": .string(Client.uri)]])
    }

    @Test("settings are asked for at each look; a client that watches files is asked to, and its word starts a look")
    func settings() async {
        let ignored = Mutex<Set<String>>([])
        var session = LanguageSession(
            LanguageSurroundings(
                settings: {
                    var settings = LintSettings()
                    settings.ignored = ignored.withLock { $0 }
                    return settings
                }, version: "1"))
        func send(_ method: String, _ parameters: OrderedJSON, id: Int? = nil) -> [OrderedJSON] {
            var message = RPCAnswer.notification(method, parameters)
            if let id { message["id"] = .int(id) }
            return session.receive(message.bytes(indent: nil))
        }
        _ = send(
            "initialize",
            ["capabilities": ["workspace": ["didChangeWatchedFiles": ["dynamicRegistration": true]]]], id: 1)
        #expect(
            send("initialized", [:]).map(\.line) == [
                #"{"jsonrpc":"2.0","id":"settings","method":"client/registerCapability","params":{"registrations":"#
                    + #"[{"id":"settings","method":"workspace/didChangeWatchedFiles","registerOptions":{"watchers":"#
                    + #"[{"globPattern":"**/.hadolint.{yaml,yml}"},{"globPattern":"**/*.dockerignore"}]}}]}}"#
            ])
        _ = send(
            "textDocument/didOpen",
            ["textDocument": ["uri": "untitled:a", "version": 1, "text": "FROM debian:12\nMAINTAINER x\nUSER 1\n"]])
        func codes() async -> [String] {
            items(await session.check().first?.at("params", "diagnostics") ?? []).compactMap { $0["code"]?.string }
        }
        #expect(await codes().contains("DL4000"))
        ignored.withLock { $0 = ["DL4000"] }
        #expect(!session.hasUnchecked)
        #expect(send("workspace/didChangeWatchedFiles", ["changes": []]).isEmpty)
        #expect(await !codes().contains("DL4000"))
    }
}
