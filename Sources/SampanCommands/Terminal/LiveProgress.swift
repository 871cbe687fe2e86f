package import BuildGraph
import Core
import Synchronization

/// A live view: what is done scrolls up, what runs stays below with its time, bytes and last lines of output.
package final class LiveProgress: ProgressView {
    private struct Step {
        var name: String
        var start: ContinuousClock.Instant
        var tail: [String] = []
        var partial: [UInt8] = []
        var done: Int64 = 0
        var total: Int64?
        var isCached = false
    }

    private struct State {
        var running: [StepID: Step] = [:]
        var drawn = 0
        var ended = false
    }

    private let console: Console
    private let state = Mutex(State())
    private let clock = ContinuousClock()
    private let begin = ContinuousClock.now
    /// Lines of output under a running step.
    private static let tailLength = 5

    package init(_ console: Console) {
        self.console = console
        Task { [weak self] in
            while let self, !self.state.withLock({ $0.ended }) {
                self.state.withLock { self.draw(&$0) }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    package func emit(_ event: ProgressEvent) {
        state.withLock { state in
            switch event {
            case .started(let id, let name): state.running[id] = Step(name: name, start: clock.now)
            case .cached(let id): state.running[id]?.isCached = true
            case .output(let id, let bytes): append(bytes, to: id, &state)
            case .bytes(let id, let done, let total):
                state.running[id]?.done = done
                state.running[id]?.total = total
            case .finished(let id):
                guard let step = state.running.removeValue(forKey: id) else { return }
                let took = step.isCached ? "cached" : Human.seconds(clock.now - step.start)
                settle(line("✓", step.name, took, code: "32"), &state)
            case .failed(let id, let message):
                guard let step = state.running.removeValue(forKey: id) else { return }
                var text = line("✗", step.name, Human.seconds(clock.now - step.start), code: "31")
                for tail in step.tail { text += "    " + tail + "\n" }
                settle(text + "    " + clipped(message, 4) + "\n", &state)
            case .warning(let warning):
                settle(DiagnosticRenderer(color: console.usesColor).render(warning), &state)
            }
        }
    }

    package func end() {
        state.withLock { state in
            state.ended = true
            console.message(erase(&state), terminator: "")
        }
    }

    private func append(_ bytes: [UInt8], to id: StepID, _ state: inout State) {
        guard var step = state.running[id] else { return }
        step.partial += bytes
        while let end = step.partial.firstIndex(of: UInt8(ascii: "\n")) {
            step.tail.append(Self.printable(step.partial[..<end]))
            step.partial.removeSubrange(...end)
        }
        if step.tail.count > Self.tailLength { step.tail.removeFirst(step.tail.count - Self.tailLength) }
        state.running[id] = step
    }

    /// A program's line without control characters, so that it cannot move the cursor.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        let visible = bytes.split(separator: UInt8(ascii: "\r")).last ?? []
        return String(decoding: visible, as: UTF8.self).unicodeScalars.reduce(into: "") { text, scalar in
            if scalar == "\t" {
                text += "  "
            } else if scalar.value >= 0x20, scalar.value != 0x7f {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    /// Prints lines for good, above the live part.
    private func settle(_ text: String, _ state: inout State) {
        console.message(erase(&state) + text, terminator: "")
        draw(&state)
    }

    private func erase(_ state: inout State) -> String {
        guard state.drawn > 0 else { return "" }
        defer { state.drawn = 0 }
        return "\u{1b}[\(state.drawn)A\u{1b}[J"
    }

    private func draw(_ state: inout State) {
        if state.ended { return }
        var text = erase(&state)
        var lines = 0
        for (_, step) in state.running.sorted(by: { $0.key < $1.key }).prefix(8) {
            var took = Human.seconds(clock.now - step.start)
            if step.done > 0 {
                took = Human.bytes(step.done) + (step.total.map { " / " + Human.bytes($0) } ?? "") + "  " + took
            }
            text += line("•", step.name, took, code: "36")
            lines += 1
            for tail in step.tail {
                text += "    " + dim(clipped(tail, 4)) + "\n"
                lines += 1
            }
        }
        if lines > 0 {
            text += dim("  \(state.running.count) running, \(Human.seconds(clock.now - begin))") + "\n"
            lines += 1
        }
        state.drawn = lines
        if !text.isEmpty { console.message(text, terminator: "") }
    }

    private func line(_ mark: String, _ name: String, _ right: String, code: String) -> String {
        let text = clipped(name, right.count + 5)
        let space = String(repeating: " ", count: max(1, console.width - text.count - right.count - 3))
        let painted = console.usesColor ? "\u{1b}[\(code)m\(mark)\u{1b}[0m" : mark
        return "\(painted) \(text)\(space)\(right)\n"
    }

    private func clipped(_ text: String, _ used: Int) -> String {
        let text = SafeText.text(text)
        let room = max(10, console.width - used)
        return text.count <= room ? text : text.prefix(room - 1) + "…"
    }

    private func dim(_ text: String) -> String { console.usesColor ? "\u{1b}[2m\(text)\u{1b}[0m" : text }
}
