package import BuildGraph
import Core
import Synchronization

/// A line for everything that happens, each with its step's number: for logs and pipes.
package final class PlainProgress: ProgressView {
    private struct Step {
        var name: String
        var start: ContinuousClock.Instant
        var partial: [UInt8] = []
        var isCached = false
    }

    private let console: Console
    private let steps = Mutex<[StepID: Step]>([:])
    private let clock = ContinuousClock()

    package init(_ console: Console) { self.console = console }

    package func emit(_ event: ProgressEvent) {
        steps.withLock { steps in
            switch event {
            case .started(let id, let name):
                steps[id] = Step(name: name, start: clock.now)
                console.message("#\(id.number) \(SafeText.text(name))")
            case .cached(let id): steps[id]?.isCached = true
            case .output(let id, let bytes): output(id, bytes, &steps)
            case .bytes: break
            case .finished(let id):
                flush(id, &steps)
                let isCached = steps[id]?.isCached ?? false
                console.message("#\(id.number) \(isCached ? "CACHED" : "DONE \(elapsed(steps[id]))")\n")
            case .failed(let id, let message):
                flush(id, &steps)
                // The whole message comes at the end, with its place.
                console.message("#\(id.number) ERROR: \(SafeText.text(String(message.prefix(300)), keeping: ["\n"]))\n")
            case .warning(let warning): console.diagnostic(warning)
            }
        }
    }

    package func end() {}

    private func output(_ id: StepID, _ bytes: [UInt8], _ steps: inout [StepID: Step]) {
        guard var step = steps[id] else { return }
        step.partial += bytes
        let prefix = "#\(id.number) \(elapsed(step)) "
        var lines: [UInt8] = []
        var start = 0
        while let end = step.partial[start...].firstIndex(of: UInt8(ascii: "\n")) {
            lines += prefix.utf8
            lines += step.partial[start...end]
            start = end + 1
        }
        step.partial.removeSubrange(..<start)
        steps[id] = step
        if !lines.isEmpty { console.message(lines) }
    }

    private func flush(_ id: StepID, _ steps: inout [StepID: Step]) {
        guard let step = steps[id], !step.partial.isEmpty else { return }
        console.message(Array("#\(id.number) ".utf8) + step.partial + [UInt8(ascii: "\n")])
        steps[id]?.partial = []
    }

    private func elapsed(_ step: Step?) -> String {
        step.map { Human.seconds(clock.now - $0.start) } ?? "0.0s"
    }
}
