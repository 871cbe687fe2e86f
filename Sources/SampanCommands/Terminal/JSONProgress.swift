package import BuildGraph
import Core
import FoundationEssentials

/// One JSON object a line on standard error: `step`, `event`, `time` (seconds since the start), and what the event has.
package struct JSONProgress: ProgressView {
    private struct Line: Encodable {
        var step: Int?
        var event: String
        var time: Double
        var name: String?
        var message: String?
        var data: String?
        var done: Int64?
        var total: Int64?
    }

    private let console: Console
    private let start = ContinuousClock.now

    package init(_ console: Console) { self.console = console }

    package func emit(_ event: ProgressEvent) {
        let passed = (ContinuousClock.now - start).components
        var line = Line(
            event: "", time: Double(passed.seconds) + Double(passed.attoseconds / 1_000_000_000_000_000) / 1000)
        switch event {
        case .started(let id, let name): (line.step, line.event, line.name) = (id.number, "started", name)
        case .cached(let id): (line.step, line.event) = (id.number, "cached")
        case .output(let id, let bytes):
            (line.step, line.event, line.data) = (id.number, "output", String(decoding: bytes, as: UTF8.self))
        case .bytes(let id, let done, let total):
            (line.step, line.event, line.done, line.total) = (id.number, "bytes", done, total)
        case .finished(let id): (line.step, line.event) = (id.number, "finished")
        case .failed(let id, let message): (line.step, line.event, line.message) = (id.number, "failed", message)
        case .warning(let warning): (line.event, line.message) = ("warning", warning.message)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(line) else { return }
        console.message(SafeText.json(Array(data)) + [UInt8(ascii: "\n")])
    }

    package func end() {}
}
