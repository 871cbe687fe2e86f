package import Archive
package import HostOS

/// Where the bytes of a blob lie: a file or a part of one.
package struct BlobFile: Sendable {
    package var file: FileDescriptor
    /// Of the first byte in the file.
    package var offset: Int64
    /// Bytes.
    package var size: Int64
    /// Whether the digest has been compared with these bytes, so that who copies them need not.
    package var isVerified: Bool

    package init(_ file: FileDescriptor, offset: Int64 = 0, size: Int64, isVerified: Bool = false) {
        self.file = file
        self.offset = offset
        self.size = size
        self.isVerified = isVerified
    }

    /// The bytes from the first on; every call gives a source of its own.
    /// - Parameter what: names the file in the error when it ends early.
    package func source(_ what: String) -> any ByteSource {
        SpanSource(file, offset: offset, length: size, what: what)
    }
}
