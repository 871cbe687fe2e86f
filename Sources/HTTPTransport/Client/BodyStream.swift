import NIOCore

/// Reads a content piece by piece while it is sent.
struct BodyStream: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let content: any UploadContent
    let range: Range<Int64>
    /// Told how many bytes have been handed to the connection.
    let sent: (@Sendable (Int64) -> Void)?
    let monitor = BodyMonitor()

    /// In bytes: large enough that a hop to another thread costs little, small enough that a slow connection takes one
    /// well before it counts as stalled.
    static let pieceSize = 256 << 10

    func makeAsyncIterator() -> Iterator { Iterator(stream: self, offset: range.lowerBound) }

    struct Iterator: AsyncIteratorProtocol {
        let stream: BodyStream
        var offset: Int64

        mutating func next() async throws -> ByteBuffer? {
            if offset > stream.range.lowerBound { stream.sent?(offset - stream.range.lowerBound) }
            guard offset < stream.range.upperBound else {
                stream.monitor.finished()
                return nil
            }
            stream.monitor.reading()
            let count = Int(clamping: Swift.min(Int64(BodyStream.pieceSize), stream.range.upperBound - offset))
            let bytes: [UInt8]
            do {
                bytes = try await stream.content.read(at: offset, upTo: count)
            } catch {
                throw ContentFailure(cause: error)
            }
            guard !bytes.isEmpty, bytes.count <= count else {
                throw ContentFailure(
                    cause: UploadError.shortContent(expected: stream.range.upperBound, actual: offset))
            }
            offset += Int64(bytes.count)
            stream.monitor.offered()
            return ByteBuffer(bytes: bytes)
        }
    }
}

/// Tells an error of the content from those of the connection on its way through the client.
struct ContentFailure: Error {
    var cause: any Error
}
