import Core
import HostOS
import SampanTestSupport
import Testing

/// `sampan lint --lsp` as an editor starts it.
@Suite("the language server")
struct LanguageServerTests {
    private static func frame(_ text: String) -> String { "Content-Length: \(text.utf8.count)\r\n\r\n\(text)" }

    /// Writes messages and reads until the server said something with a text in it.
    private struct Editor {
        let process: ChildProcess
        let input: FileDescriptor
        let output: FileDescriptor
        private var seen = ""

        init(_ directory: String) throws {
            let (toServer, fromServer) = (try Pipe(), try Pipe())
            var options = try Program.options(
                ["lint", "--lsp", "--no-shellcheck"], environment: [:], directory: directory)
            options.descriptors[0] = toServer.reader
            options.descriptors[1] = fromServer.writer
            process = try ChildProcess.spawn(options)
            input = toServer.writer
            output = fromServer.reader
        }

        func send(_ text: String) throws { try input.write(Array(LanguageServerTests.frame(text).utf8)) }

        /// What came up to the message that has the text, which is forgotten.
        mutating func wait(for text: String) throws -> String {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
            defer { buffer.deallocate() }
            while !seen.contains(text) {
                guard try output.waitReadable(milliseconds: 20_000) else { break }
                let count = try output.read(into: buffer)
                if count == 0 { break }
                seen += String(decoding: buffer[..<count], as: UTF8.self)
            }
            defer { seen = "" }
            return seen
        }
    }

    @Test("settings that change while the server runs hold from the next look on; wrong ones change nothing")
    func settings() throws {
        let place = try TemporaryDirectory("lsp")
        let text = #"FROM debian:12\nMAINTAINER x\nUSER 1\n"#
        var editor = try Editor(place.path)
        try editor.send(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#)
        #expect(try editor.wait(for: "capabilities").contains("\"definitionProvider\":true"))
        func look(_ version: Int) throws -> String {
            let uri = "file://\(place.path)/Dockerfile"
            try editor.send(
                #"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":"#
                    + #"{"uri":"\#(uri)","languageId":"dockerfile","version":\#(version),"text":"\#(text)"}}}"#)
            return try editor.wait(for: "\"version\":\(version),")
        }
        #expect(try look(1).contains("DL4000"))
        try place.file(".hadolint.yaml", "ignored: [DL4000]\n")
        #expect(try !look(2).contains("DL4000"))
        try place.file(".hadolint.yaml", "failure-threshold: nonsense\n")
        #expect(try !look(3).contains("DL4000"))
        try place.file(".hadolint.yaml", "ignored: [DL3008]\n# and more\n")
        #expect(try look(4).contains("DL4000"))
        try editor.send(#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#)
        try editor.send(#"{"jsonrpc":"2.0","method":"exit"}"#)
        #expect(editor.process.wait(timeout: .seconds(20)) == .exited(0))
    }
}
