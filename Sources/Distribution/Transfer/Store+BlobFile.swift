import ContentStore
import Core
import HostOS
import ImageLayouts
import OCI

extension Store {
    /// A blob of the store; nil when it has none.
    /// - Throws: ``DistributionError/wrongSize(_:expected:actual:)``: the digest is right, so it is the descriptor that
    ///   lies, and whoever goes by its size would copy a part or too much.
    func file(of blob: Descriptor) throws -> BlobFile? {
        guard try containsBlob(blob.digest) else { return nil }
        let file = try openBlob(blob.digest)
        let size = try file.info().size
        try blob.check(size: size)
        return BlobFile(file, size: size, isVerified: true)
    }
}

extension Descriptor {
    /// Compares the descriptor with what its digest has in bytes.
    /// - Throws: ``DistributionError/wrongSize(_:expected:actual:)``.
    func check(size actual: Int64) throws(DistributionError) {
        guard actual == Int64(size) else {
            throw .wrongSize(digest, expected: size, actual: Int(clamping: actual))
        }
    }
}
