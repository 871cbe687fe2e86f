import ContentStore
import Core
import HTTPTransport
import HostOS
import ImageLayouts
import OCI
import Synchronization

/// A blob on its way from elsewhere into a growing file of the store, from which it can be read meanwhile.
///
/// The transfer begins when the first byte is asked for. The last byte is given out only once the digest of the whole has
/// been compared, so nobody completes a copy of wrong bytes. Several processes that want the same blob wait for one
/// transfer: what is to stay is in the store before the next of them looks.
final class ArrivingBlob: BlobContent {
    /// Fills a sink with the blob, behind what it holds already, and verifies it.
    typealias Transfer = @Sendable (inout ArrivingSink) async throws -> Void

    private enum Phase {
        case idle, running(Task<Void, Never>), complete(BlobFile), failed(any Error), closed
    }

    private struct Waiter {
        /// Bytes that have to be there; nil waits for the end.
        var bytes: Int64?
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var phase = Phase.idle
        var writer: BlobWriter?
        var file: FileDescriptor?
        var arrived: Int64 = 0
        /// Somebody waits for the blob to be in the store.
        var isPublished = false
        /// Bytes of the present transfer were given out.
        var wasRead = false
        /// They turned out wrong, and who read them has not been told yet.
        var isBroken = false
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
        var observers: [BlobProgress] = []
    }

    private let descriptor: Descriptor
    private let store: Store
    private let isKept: Bool
    private let transfer: Transfer
    private let state = Mutex(State())
    private let isCancelled = Atomic(false)

    /// - Parameter isKept: whether the blob stays in the store when it was copied to somewhere else.
    init(_ descriptor: Descriptor, into store: Store, isKept: Bool, transfer: @escaping Transfer) {
        self.descriptor = descriptor
        self.store = store
        self.isKept = isKept
        self.transfer = transfer
    }

    var size: Int64 { Int64(descriptor.size) }

    // MARK: - Reading

    func read(at offset: Int64, upTo count: Int) async throws -> [UInt8] {
        start()
        if offset >= size {
            if size == 0 { _ = try await complete { _ in } }
            return []
        }
        while true {
            if let part = try readable(at: offset) {
                return try await part.read(at: 0, upTo: min(count, Int(clamping: part.size)))
            }
            try await wait(for: offset + 1)
        }
    }

    /// What can be read from an offset on now; nil when one has to wait.
    private func readable(at offset: Int64) throws -> FileContent? {
        try state.withLock { state in
            if state.isBroken {
                (state.isBroken, state.wasRead) = (false, false)
                throw DistributionError.startedOver(descriptor.digest)
            }
            switch state.phase {
            case .complete(let place):
                return FileContent(place.file, offset: place.offset + offset, size: size - offset)
            case .failed(let error): throw error
            case .closed: throw CancellationError()
            case .idle, .running:
                // The last byte waits for the digest.
                let end = min(state.arrived, size - 1)
                guard let file = state.file, offset < end else { return nil }
                state.wasRead = true
                return FileContent(file, offset: offset, size: end - offset)
            }
        }
    }

    func complete(progress: @escaping BlobProgress) async throws -> BlobFile {
        state.withLock { $0.observers.append(progress) }
        start()
        while true {
            let done: BlobFile? = try state.withLock { state in
                switch state.phase {
                case .complete(let place): return place
                case .failed(let error): throw error
                case .closed: throw CancellationError()
                case .idle, .running: return nil
                }
            }
            if let done { return done }
            try await wait(for: nil)
        }
    }

    func publish(in store: Store, progress: @escaping BlobProgress) async throws -> Bool {
        guard store === self.store else { return false }
        state.withLock { $0.isPublished = true }
        _ = try await complete(progress: progress)
        try await commit()
        let digest = descriptor.digest
        return try await BlockingPool.waiting.run { try store.containsBlob(digest) }
    }

    /// Puts what arrived into the store unless that has been done.
    private func commit() async throws {
        guard let writer = state.withLock({ state in state.writer.take() }) else { return }
        let descriptor = descriptor
        try await BlockingPool.waiting.run {
            _ = try writer.commit(expected: descriptor.digest, size: Int64(descriptor.size))
        }
    }

    func close(isCopied: Bool) async {
        isCancelled.store(true, ordering: .relaxed)
        let task: Task<Void, Never>? = state.withLock { state in
            if case .running(let task) = state.phase { return task }
            return nil
        }
        task?.cancel()
        await task?.value
        let writer = state.withLock { state in
            state.phase = .closed
            return state.writer.take()
        }
        if isCopied { writer?.discard() } else { writer?.keepPartial(descriptor.digest) }
    }

    // MARK: - Waiting

    /// Waits until so many bytes can be read or something else changed.
    private func wait(for bytes: Int64?) async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard !Task.isCancelled, !isOver(state), !isThere(bytes, state) else { return false }
                    state.waiters[id] = Waiter(bytes: bytes, continuation: continuation)
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
        try Task.checkCancellation()
    }

    private func isOver(_ state: State) -> Bool {
        switch state.phase {
        case .complete, .failed, .closed: true
        case .idle, .running: state.isBroken
        }
    }

    private func isThere(_ bytes: Int64?, _ state: State) -> Bool {
        guard let bytes else { return false }
        return bytes <= min(state.arrived, size - 1)
    }

    /// Changes the state, then wakes those who wait for what is so now.
    private func update(_ body: (inout State) -> Void) {
        let woken = state.withLock { state in
            body(&state)
            if state.waiters.isEmpty { return [CheckedContinuation<Void, Never>]() }
            let ready = state.waiters.filter { isOver(state) || isThere($0.value.bytes, state) }
            for id in ready.keys { state.waiters[id] = nil }
            return ready.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    // MARK: - Arriving

    private func start() {
        state.withLock { state in
            guard case .idle = state.phase else { return }
            state.phase = .running(Task { await self.run() })
        }
    }

    private func run() async {
        do {
            let place = try await arrive()
            update { $0.phase = .complete(place) }
        } catch {
            update { $0.phase = .failed(error) }
        }
    }

    private func arrive() async throws -> BlobFile {
        let (store, digest) = (store, descriptor.digest)
        if let place = try await stored() { return place }
        let lock = try await BlockingPool.waiting.run {
            try store.lockStep(digest) { self.isCancelled.load(ordering: .relaxed) }
        }
        guard let lock else { throw CancellationError() }
        defer { lock.release() }
        if let place = try await stored() { return place }
        var sink = try await BlockingPool.waiting.run { try ArrivingSink(self, StoreSink(store, digest)) }
        try Task.checkCancellation()
        try await transfer(&sink)
        let file = try sink.inner.writer.openForReading()
        if state.withLock({ $0.isPublished }) {
            try await commit()
        } else if isKept {
            // Should the store be full now, the copy can be made all the same.
            try? await commit()
        }
        return BlobFile(file, size: size, isVerified: true)
    }

    /// The blob in the store, once it is there.
    private func stored() async throws -> BlobFile? {
        let (store, descriptor) = (store, descriptor)
        return try await BlockingPool.waiting.run { try store.file(of: descriptor) }
    }

    /// A transfer begins or starts over.
    fileprivate func began(_ writer: BlobWriter) throws {
        let file = try writer.openForReading()
        let arrived = writer.count
        update { state in
            (state.writer, state.file, state.arrived) = (writer, file, arrived)
            state.isBroken = state.wasRead
        }
    }

    fileprivate func grew(to position: Int64) {
        update { $0.arrived = position }
        for observer in state.withLock({ $0.observers }) { observer(position) }
    }
}

/// Where the bytes of an ``ArrivingBlob`` go.
struct ArrivingSink: BlobSink, Sendable {
    private let blob: ArrivingBlob
    fileprivate private(set) var inner: StoreSink

    fileprivate init(_ blob: ArrivingBlob, _ inner: StoreSink) throws {
        self.blob = blob
        self.inner = inner
        try blob.began(inner.writer)
    }

    var hash: SHA256 { inner.hash }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        try inner.write(bytes)
        blob.grew(to: inner.writer.count)
    }

    mutating func reset() throws {
        try inner.reset()
        try blob.began(inner.writer)
    }
}
