package import Core

/// A file of known size and digest on its way into a sink, which lives through any number of connections and servers.
package struct VerifiedTransfer: Sendable {
    package let digest: Digest
    /// Bytes.
    package let size: Int
    /// Bytes that came, those of an earlier run included.
    package private(set) var received: Int

    /// - Parameter sink: may hold the bytes of an earlier run.
    package init(digest: Digest, size: Int, into sink: borrowing some BlobSink) {
        self.digest = digest
        self.size = size
        received = sink.position
    }

    /// True when all bytes are there and they are the right ones.
    private func isRight(_ sink: some BlobSink) -> Bool { received == size && sink.hash.finalize() == digest }

    /// Looks at what the sink holds already: whole and right is an end, too much or wrong is forgotten.
    /// - Returns: true when nothing has to be fetched.
    package mutating func isDone(checking sink: inout some BlobSink) throws -> Bool {
        if isRight(sink) { return true }
        if received < size || received == 0 { return false }
        try restart(&sink)
        return false
    }

    /// Forgets what came.
    package mutating func restart(_ sink: inout some BlobSink) throws {
        if received > 0 { try sink.reset() }
        received = 0
    }

    /// Takes the next bytes.
    /// - Throws: ``TransferError/size(actual:)`` beyond the end; none is taken then.
    package mutating func take(_ chunk: UnsafeRawBufferPointer, _ sink: inout some BlobSink) throws {
        guard chunk.count <= size - received else { throw TransferError.size(actual: received + chunk.count) }
        try sink.write(chunk)
        received += chunk.count
    }

    /// Reads from one place until the file is whole, or tries without progress have used up the policy. A connection
    /// that breaks is resumed where it stopped; a server that ignores the range is read past what is there.
    ///
    /// Every byte counts as progress. Connections that bring little are spaced by pauses and must keep the pace together,
    /// or a server could dole a file out for ever. What one place sends is thrown away once at most: a second time it is
    /// the place that is wrong, and not how the pieces fit together.
    /// - Parameters:
    ///   - slowest: the least that connections must bring that break off again and again.
    ///   - progress: told the position after each piece; it falls back when the transfer starts over.
    ///   - request: asks the place with these headers, and refuses every answer but a success.
    /// - Throws: ``TransferError``, ``HTTPTransportError``, `CancellationError` and what the sink and `request` throw.
    package nonisolated(nonsending) mutating func fetch(
        into sink: inout some BlobSink, policy: RetryPolicy,
        slowest: TransportConfiguration.Pace, progress: (Int) -> Void,
        request: nonisolated(nonsending) (HeaderFields) async throws -> HTTPResponse
    ) async throws {
        var failures = 0
        var pace = PaceKeeper(slowest)
        // Pieces of several connections or of an earlier run may not fit together; then the whole is read once more.
        var isPatched = received > 0
        var mayRestart = true
        while true {
            let before = received
            var headers = HeaderFields()
            if before > 0 { headers["Range"] = "bytes=\(before)-" }
            let response = try await request(headers)
            if response.status == 416, before > 0 {
                try restart(&sink)
                guard mayRestart else { throw TransferError.size(actual: before) }
                (isPatched, mayRestart) = (false, false)
                continue
            }
            var failure: any Error = TransferError.size(actual: before)
            do {
                try await read(response, into: &sink, progress)
            } catch let error as HTTPTransportError where error.isTransient {
                failure = error
            }
            if received == size {
                let actual = sink.hash.finalize()
                if actual == digest { return }
                let wrong = TransferError.digest(actual: actual)
                try restart(&sink)
                guard isPatched, mayRestart else { throw wrong }
                (isPatched, mayRestart) = (false, false)
                continue
            }
            isPatched = isPatched || received > 0
            let gain = received - before
            if gain == 0 { pace = PaceKeeper(slowest) } else if !pace.accept(gain) { throw failure }
            // A connection that brought much is simply resumed.
            if gain >= Self.gainWithoutPause {
                failures = 0
                continue
            }
            failures = gain > 0 ? 1 : failures + 1
            guard
                let pause = policy.pause(
                    afterAttempt: failures, limit: policy.attempts, retryAfter: nil, jitter: Double.random(in: 0...1))
            else { throw failure }
            try await Task.sleep(for: pause)
        }
    }

    /// In bytes.
    private static var gainWithoutPause: Int { 16 << 10 }

    /// Reads a response: the whole file, of which the part that is there is passed over, or the part asked for.
    private nonisolated(nonsending) mutating func read(
        _ response: HTTPResponse, into sink: inout some BlobSink, _ progress: (Int) -> Void
    ) async throws {
        var skip = 0
        if response.status == 206 {
            guard let range = ContentRange(response.headers["Content-Range"]), range.start == received else {
                throw TransferError.range
            }
            if let total = range.total, total != size { throw TransferError.size(actual: total) }
            guard range.end < size else { throw TransferError.size(actual: range.end) }
        } else {
            skip = received
            if let length = response.contentLength, length != size { throw TransferError.size(actual: length) }
        }
        try await response.body.forEachChunk { chunk in
            let passed = min(skip, chunk.count)
            skip -= passed
            if passed < chunk.count {
                try take(UnsafeRawBufferPointer(rebasing: chunk[passed...]), &sink)
                progress(received)
            }
        }
    }
}

/// What a server sent that is not the file asked for.
package enum TransferError: Error, Equatable {
    /// Another size, in bytes.
    case size(actual: Int)
    case digest(actual: Digest)
    /// Another part than the one that was asked for.
    case range
}
