package import ContentStore
package import HTTPTransport
package import ImageLayouts

/// The bytes of a blob that is copied: a file that is there, or one that is still arriving.
///
/// What ``UploadContent/read(at:upTo:)`` gives of an arriving blob never reaches its last byte before all of it has been verified, so
/// who copies it whole has copied the right bytes.
package protocol BlobContent: UploadContent {
    /// Waits until all bytes are there and gives the file that holds them.
    /// - Parameter progress: told how much of a blob that arrives from elsewhere is there.
    /// - Throws: what kept them from arriving; a wrong digest among it.
    func complete(progress: @escaping BlobProgress) async throws -> BlobFile

    /// Makes the blob one of the store's, if that takes no copying; else does nothing and says false.
    func publish(in store: Store, progress: @escaping BlobProgress) async throws -> Bool

    /// Ends what goes on for this content. The copy engine calls it for each content that it asked for; doing it again
    /// does nothing.
    /// - Parameter isCopied: whether its bytes are where they should go; if not, what has arrived of them is kept where
    ///   a later transfer finds it.
    func close(isCopied: Bool) async
}

extension BlobContent {
    package func publish(in store: Store, progress: @escaping BlobProgress) async throws -> Bool { false }
    package func close(isCopied: Bool) async {}
}

/// A blob in a file or a part of one.
package struct StoredContent: BlobContent {
    /// Where it lies, for who unpacks it and compares what comes out with the diff ID.
    package let place: BlobFile
    private let content: FileContent
    private let check: (@Sendable () async throws -> Void)?
    private let checked = Once<Bool>()

    /// - Parameter check: throws unless the bytes are the right ones, where their digest can't tell. Called before the
    ///   first of them is given.
    package init(_ place: BlobFile, check: (@Sendable () async throws -> Void)? = nil) {
        self.place = place
        self.check = check
        content = FileContent(place.file, offset: place.offset, size: place.size)
    }

    package var size: Int64 { place.size }

    package func read(at offset: Int64, upTo count: Int) async throws -> [UInt8] {
        try await checkOnce()
        return try await content.read(at: offset, upTo: count)
    }

    package func complete(progress: @escaping BlobProgress) async throws -> BlobFile {
        try await checkOnce()
        return place
    }

    private func checkOnce() async throws {
        guard let check else { return }
        _ = try await checked.value {
            try await check()
            return true
        }
    }
}
