private import HostOS

/// Reads a source on another thread while the bytes read before are worked on.
package enum ReadAhead {
    /// Calls with a source that gives the same bytes, read up to 3 MiB ahead. When this returns, nobody reads the
    /// source any more.
    ///
    /// It may be called on any thread of any pool: as long as no other thread is free, the bytes are read on this one.
    package static func from<Value>(
        _ source: any ByteSource, _ body: (any ByteSource) throws -> Value
    ) throws -> Value {
        let reader = BackgroundReader(source)
        defer { reader.stop() }
        return try body(reader)
    }
}

private final class BackgroundReader: ByteSource, @unchecked Sendable {
    // The state is touched with the monitor held. The source is touched by the one thread that has set `isReading`,
    // and `current` by the thread that consumes.

    private static let pieceSize = 1 << 20
    private static let pieceCount = 3

    private final class Piece {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 64)
        var start = 0
        var end = 0

        deinit { memory.deallocate() }
    }

    private let source: any ByteSource
    private let monitor = Monitor()
    private var free: [Piece] = (0..<pieceCount).map { _ in Piece() }
    private var filled: [Piece] = []
    private var isReading = false
    private var isStopped = false
    private var ended = false
    private var failure: (any Error)?

    private var current: Piece?

    init(_ source: any ByteSource) { self.source = source }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        if let current, current.start == current.end { release() }
        if current == nil { current = try next() }
        guard let current else { return 0 }
        let count = min(buffer.count, current.end - current.start)
        buffer.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: current.memory[current.start..<current.start + count]))
        current.start += count
        return count
    }

    /// Ends the reading ahead and waits for a read that is under way.
    func stop() {
        monitor.lock()
        isStopped = true
        while isReading { monitor.wait() }
        monitor.unlock()
    }

    private func release() {
        monitor.lock()
        if let current { free.append(current) }
        current = nil
        monitor.unlock()
    }

    /// The next piece; nil at the end.
    private func next() throws -> Piece? {
        monitor.lock()
        defer { monitor.unlock() }
        while filled.isEmpty {
            if let failure { throw failure }
            if ended { return nil }
            if isReading { monitor.wait() } else { readPiece() }
        }
        let piece = filled.removeFirst()
        if !isReading, !ended, !free.isEmpty {
            BlockingPool.waiting.submit { self.readOn() }
        }
        return piece
    }

    /// On another thread: fills pieces until there is none to fill. It never waits for the consumer, who asks for
    /// more when there is room again.
    private func readOn() {
        monitor.lock()
        while !isReading, !isStopped, !ended, failure == nil, !free.isEmpty { readPiece() }
        monitor.unlock()
    }

    /// With the monitor held, which it lets go meanwhile.
    private func readPiece() {
        guard let piece = free.popLast() else { return }
        isReading = true
        monitor.unlock()
        let result = Result { try source.fill(piece.memory) }
        monitor.lock()
        isReading = false
        switch result {
        case .success(let count):
            (piece.start, piece.end) = (0, count)
            if count == 0 { ended = true } else { filled.append(piece) }
        case .failure(let error): failure = error
        }
        monitor.wakeAll()
    }
}
