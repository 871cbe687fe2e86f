internal import Archive

/// Compresses a record piece by piece, so that it is never there as a whole uncompressed.
final class RecordPieces {
    /// Bytes of a piece, about.
    static let size = 1 << 20

    private let compressor: MemberCompressor
    private let limit: Int
    private var packed: [UInt8] = []
    private var failure: (any Error)?

    /// - Parameter limit: bytes of the longest record.
    /// - Throws: `ArchiveError`.
    init(limit: Int) throws {
        compressor = try MemberCompressor(.zstd(level: 1))
        self.limit = limit
    }

    /// Whether there is no use in more pieces.
    var isTooLong: Bool { packed.count > limit || failure != nil }

    func add(_ bytes: [UInt8]) {
        if isTooLong { return }
        do {
            packed += try bytes.withUnsafeBytes { try compressor.compress($0) }
        } catch {
            failure = error
        }
    }

    /// The record; nil when it is too long.
    /// - Throws: `ArchiveError`.
    func record() throws -> [UInt8]? {
        if let failure { throw failure }
        return packed.count > limit ? nil : packed
    }
}
