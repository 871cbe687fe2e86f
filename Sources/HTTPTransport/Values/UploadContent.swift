package import Core
package import HostOS

/// Bytes of known length that can be read from any offset, again and again: a file, a span of one, or one that still
/// grows, whose reader waits for what hasn't come.
package protocol UploadContent: Sendable {
    /// In bytes.
    var size: Int64 { get }

    /// Reads bytes from an offset within the size; at least one, since less than the size means that something is
    /// wrong. An empty answer is taken as the early end of the content.
    /// - Throws: what keeps the bytes from being read; the request that they are for fails with it.
    func read(at offset: Int64, upTo count: Int) async throws -> [UInt8]
}

/// Bytes in memory.
package struct BytesContent: UploadContent {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var size: Int64 { Int64(bytes.count) }

    package func read(at offset: Int64, upTo count: Int) -> [UInt8] {
        let start = min(max(Int(clamping: offset), 0), bytes.count)
        return Array(bytes[start..<min(bytes.count, start + max(count, 0))])
    }
}

/// A file or a span of one.
package struct FileContent: UploadContent {
    private let file: FileDescriptor
    private let start: Int64
    package let size: Int64

    /// - Parameters:
    ///   - offset: of the span's first byte in the file.
    ///   - size: of the span.
    package init(_ file: FileDescriptor, offset: Int64 = 0, size: Int64) {
        self.file = file
        start = offset
        self.size = size
    }

    package func read(at offset: Int64, upTo count: Int) async throws -> [UInt8] {
        let wanted = Int(clamping: min(Int64(count), size - offset))
        guard offset >= 0, wanted > 0 else { return [] }
        return try await BlockingPool.waiting.run {
            try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
                filled = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: start + offset)
            }
        }
    }
}

/// Why a body could not be read to its end.
package enum UploadError: DiagnosticConvertible, Equatable {
    /// The content ended before its size.
    case shortContent(expected: Int64, actual: Int64)

    package var diagnostic: Diagnostic {
        switch self {
        case .shortContent(let expected, let actual):
            Diagnostic(
                code: "http.short-content", "what was to be sent ended after \(actual) of \(expected) bytes",
                hint: "something shortened the file in the meantime; try again")
        }
    }
}
