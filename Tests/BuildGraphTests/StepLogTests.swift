import BuildGraph
import HostOS
import SampanTestSupport
import Synchronization
import Testing

@Suite("the output of a RUN")
struct StepLogTests {
    private final class Sink: ProgressSink {
        let text = Mutex("")

        func emit(_ event: ProgressEvent) {
            if case .output(_, let bytes) = event { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
        }
    }

    private func run(_ pieces: [String], secrets: [String]) throws -> (shown: String, kept: String, last: String?) {
        let directory = try TemporaryDirectory()
        let sink = Sink()
        let log = StepLog(
            path: directory.path + "/log", secrets: secrets.map { Array($0.utf8) }, step: StepID(1), progress: sink)
        for piece in pieces {
            var piece = piece
            piece.withUTF8 { log.write(UnsafeRawBufferPointer($0)) }
        }
        try log.finish()
        let kept = String(decoding: try WholeFile.read(directory.path + "/log"), as: UTF8.self)
        return (sink.text.withLock { $0 }, kept, log.lastLine)
    }

    @Test("all of it is passed on and kept, the last line with words is remembered")
    func whole() throws {
        let result = try run(["a\nb", "c\n", "\n", "d"], secrets: [])
        #expect(result.shown == "a\nbc\n\nd")
        #expect(result.kept == result.shown)
        #expect(result.last == "d")
    }

    @Test("a secret is masked wherever its pieces are cut")
    func masked() throws {
        let text = "x hunter2secret y\n"
        for cut in 0...text.count {
            let result = try run([String(text.prefix(cut)), String(text.dropFirst(cut))], secrets: ["hunter2secret"])
            #expect(result.shown == "x *** y\n")
            #expect(result.kept == "x *** y\n")
        }
    }

    @Test("a secret is masked across the pieces of a line without end", arguments: [0, 1, 5, 12, 13, 14])
    func endless(before: Int) throws {
        // The secret begins so many bytes before the place where the line is cut.
        let start = String(repeating: "a", count: (1 << 16) - before)
        let result = try run(
            [start, "hunter2secret", String(repeating: "b", count: 1 << 16), "c"], secrets: ["hunter2secret"])
        #expect(result.shown == start + "***" + String(repeating: "b", count: 1 << 16) + "c")
        #expect(result.kept == result.shown)
        let split = String("hunter2secret".prefix(before)), rest = String("hunter2secret".dropFirst(before))
        let halves = try run([start + split, rest], secrets: ["hunter2secret"])
        #expect(halves.shown == start + "***")
    }

    @Test("each line of a secret is masked, one that is too short is not")
    func lines() {
        let mask = SecretMask([Array("first line\nsecond\nab".utf8), Array("abc".utf8)])
        let masked = mask.apply(Array("1 first line 2 second 3 ab abc".utf8))
        #expect(String(decoding: masked, as: UTF8.self) == "1 *** 2 *** 3 ab abc")
    }

    @Test("no output still leaves a log")
    func empty() throws {
        let result = try run([], secrets: [])
        #expect(result.kept == "")
        #expect(result.last == nil)
    }
}
