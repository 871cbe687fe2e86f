import Core
private import Glibc
private import HostOS
private import Synchronization

/// The output of one program: kept whole in a file, passed on as it comes, with secrets masked.
///
/// A line is passed on when it is whole, so that a secret that arrives in two pieces is still found. Lines without end
/// are passed on in pieces of 64 KiB.
package final class StepLog: Sendable {
    package let path: String
    private let mask: SecretMask
    private let step: StepID
    private let progress: any ProgressSink
    private let state = Mutex(State())

    private struct State {
        var pending: [UInt8] = []
        var file: FileDescriptor?
        var failure: SystemError?
        var lastLine: String?
    }

    /// The last line that was printed and isn't blank; nil when there is none.
    package var lastLine: String? { state.withLock { $0.lastLine } }

    private static let pieceLimit = 1 << 16

    package init(path: String, secrets: [[UInt8]], step: StepID, progress: any ProgressSink) {
        self.path = path
        mask = SecretMask(secrets)
        self.step = step
        self.progress = progress
    }

    package func write(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            // What was pending before has no end of a line.
            let start = state.pending.count
            state.pending.append(contentsOf: bytes)
            if let end = state.pending[start...].lastIndex(of: UInt8(ascii: "\n")) {
                pass(Array(state.pending[...end]), &state)
                state.pending.removeSubrange(...end)
            } else if state.pending.count >= Self.pieceLimit {
                // The beginning of a secret that the piece may end with stays for the next one.
                let clean = mask.apply(state.pending)
                let count = max(0, clean.count - max(0, mask.longest - 1))
                pass(Array(clean[..<count]), &state)
                state.pending = Array(clean[count...])
            }
        }
    }

    /// Passes on what is left, and says if the file could not be written.
    package func finish() throws {
        try state.withLock { state in
            if !state.pending.isEmpty { pass(state.pending, &state) }
            state.pending = []
            if state.file == nil { pass([], &state) }
            if let failure = state.failure { throw failure }
        }
    }

    private func pass(_ bytes: [UInt8], _ state: inout State) {
        let clean = mask.apply(bytes)
        do throws(SystemError) {
            if state.file == nil { state.file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_APPEND) }
            try state.file?.write(clean)
        } catch {
            state.failure = error
        }
        let lines = clean.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        if let line = lines.last(where: { $0.contains { $0 > UInt8(ascii: " ") } }) {
            state.lastLine = String(decoding: line.prefix(300), as: UTF8.self)
        }
        if !clean.isEmpty { progress.emit(.output(step, clean)) }
    }
}

/// Replaces secrets in output by `***`: each whole, and each line of one that has several.
package struct SecretMask: Sendable {
    private let needles: [[UInt8]]

    /// The bytes of the longest text that is masked.
    var longest: Int { needles.first?.count ?? 0 }

    /// Pieces shorter than this are not masked: they occur by chance.
    private static let shortest = 4

    package init(_ secrets: [[UInt8]]) {
        var all: Set<[UInt8]> = []
        for secret in secrets {
            all.insert(secret)
            for line in secret.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
                all.insert(Array(line))
            }
        }
        needles = all.filter { $0.count >= Self.shortest }.sorted { $0.count > $1.count }
    }

    package func apply(_ bytes: [UInt8]) -> [UInt8] {
        var out = bytes
        for needle in needles {
            var start = 0
            while let found = out[start...].firstRange(of: needle) {
                out.replaceSubrange(found, with: Array("***".utf8))
                start = found.lowerBound + 3
            }
        }
        return out
    }
}
