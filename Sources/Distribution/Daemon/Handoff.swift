internal import HTTPTransport
private import Synchronization

/// Hands pieces from the task that makes them to the request that sends them, one at a time, so that nothing piles up.
final class Handoff: UploadStream {
    private enum State {
        case idle
        case offered([UInt8], CheckedContinuation<Void, any Error>)
        case wanted(CheckedContinuation<[UInt8]?, any Error>)
        case ended
        case failed(any Error)
    }

    private let state = Mutex(State.idle)

    /// Returns when the piece was taken. One task at a time may send.
    /// - Throws: what ``fail(_:)`` was told, and `CancellationError`.
    func send(_ piece: [UInt8]) async throws {
        guard !piece.isEmpty else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in offer(piece, continuation) }
        } onCancel: {
            fail(CancellationError())
        }
    }

    private func offer(_ piece: [UInt8], _ continuation: CheckedContinuation<Void, any Error>) {
        state.withLock { state in
            switch state {
            case .wanted(let consumer):
                state = .idle
                consumer.resume(returning: piece)
                continuation.resume()
            case .idle: state = .offered(piece, continuation)
            case .failed(let error): continuation.resume(throwing: error)
            case .offered, .ended: continuation.resume(throwing: CancellationError())
            }
        }
    }

    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { state in
                    switch state {
                    case .offered(let piece, let producer):
                        state = .idle
                        producer.resume()
                        continuation.resume(returning: piece)
                    case .idle: state = .wanted(continuation)
                    case .ended: continuation.resume(returning: nil)
                    case .failed(let error): continuation.resume(throwing: error)
                    case .wanted: continuation.resume(throwing: CancellationError())
                    }
                }
            }
        } onCancel: {
            fail(CancellationError())
        }
    }

    /// The stream is whole.
    func finish() {
        state.withLock { state in
            if case .wanted(let consumer) = state { consumer.resume(returning: nil) }
            if case .failed = state { return }
            state = .ended
        }
    }

    /// The stream will not be whole, or nobody takes any more of it; the first reason counts.
    func fail(_ error: any Error) {
        state.withLock { state in
            switch state {
            case .ended, .failed: return
            case .offered(_, let producer): producer.resume(throwing: error)
            case .wanted(let consumer): consumer.resume(throwing: error)
            case .idle: break
            }
            state = .failed(error)
        }
    }
}

/// Lets tasks go one after the other, in the order they came.
final class TaskQueue: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func run<Value>(_ body: nonisolated(nonsending) () async throws -> Value) async rethrows -> Value {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.isTaken { return state.waiting.append(continuation) }
                state.isTaken = true
                continuation.resume()
            }
        }
        defer {
            state.withLock { state in
                if state.waiting.isEmpty { state.isTaken = false } else { state.waiting.removeFirst().resume() }
            }
        }
        return try await body()
    }
}
