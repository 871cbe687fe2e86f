import ContentStore
import HTTPTransport
import ImageLayouts
import Synchronization

/// A content that is opened when something is wanted of it. Most blobs of a push are never read: the target has them.
final class DeferredContent: BlobContent {
    private enum State {
        case idle, opening(Task<any BlobContent, any Error>), closed
    }

    let size: Int64
    private let open: @Sendable () async throws -> any BlobContent
    private let state = Mutex(State.idle)

    init(size: Int64, open: @escaping @Sendable () async throws -> any BlobContent) {
        self.size = size
        self.open = open
    }

    private func content() async throws -> any BlobContent {
        let task = state.withLock { state -> Task<any BlobContent, any Error>? in
            switch state {
            case .opening(let task): return task
            case .closed: return nil
            case .idle:
                let task = Task { try await open() }
                state = .opening(task)
                return task
            }
        }
        guard let task else { throw CancellationError() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    func read(at offset: Int64, upTo count: Int) async throws -> [UInt8] {
        try await content().read(at: offset, upTo: count)
    }

    func complete(progress: @escaping BlobProgress) async throws -> BlobFile {
        try await content().complete(progress: progress)
    }

    func publish(in store: Store, progress: @escaping BlobProgress) async throws -> Bool {
        try await content().publish(in: store, progress: progress)
    }

    func close(isCopied: Bool) async {
        let task = state.withLock { state -> Task<any BlobContent, any Error>? in
            defer { state = .closed }
            if case .opening(let task) = state { return task }
            return nil
        }
        guard let task else { return }
        if !isCopied { task.cancel() }
        if case .success(let content) = await task.result { await content.close(isCopied: isCopied) }
    }
}
