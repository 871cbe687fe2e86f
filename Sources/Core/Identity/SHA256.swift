private import CCrypto

/// A SHA-256 that is fed piece by piece.
///
/// A copy is an independent fork of the state, which is how one prefix can be hashed once for several results.
package struct SHA256: Sendable {
    private var context = SHA256_CTX()
    /// Bytes taken so far.
    package private(set) var count: UInt64 = 0

    package init() {
        SHA256_Init(&context)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        SHA256_Update(&context, base, bytes.count)
        count += UInt64(bytes.count)
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// Feeds the same bytes to two, which takes little longer than feeding them to one where both are at the end of a
    /// block of 64 bytes.
    package static func update(_ first: inout SHA256, _ second: inout SHA256, _ bytes: UnsafeRawBufferPointer) {
        let blocks = bytes.count / 64
        guard hasPairs, blocks > 0, first.count % 64 == 0, second.count % 64 == 0, let base = bytes.baseAddress else {
            first.update(bytes)
            second.update(bytes)
            return
        }
        withUnsafeMutableBytes(of: &first.context.h) { one in
            withUnsafeMutableBytes(of: &second.context.h) { two in
                sampan_sha256_pair(
                    one.baseAddress?.assumingMemoryBound(to: UInt32.self),
                    two.baseAddress?.assumingMemoryBound(to: UInt32.self),
                    base.assumingMemoryBound(to: UInt8.self), blocks)
            }
        }
        first.took(blocks)
        second.took(blocks)
        let rest = UnsafeRawBufferPointer(rebasing: bytes[(blocks * 64)...])
        first.update(rest)
        second.update(rest)
    }

    private static let hasPairs = sampan_sha256_pair_is_supported() != 0

    /// Counts blocks that were fed past the library, which keeps the number of bits in two words.
    private mutating func took(_ blocks: Int) {
        count += UInt64(blocks) * 64
        context.Nl = UInt32(truncatingIfNeeded: count << 3)
        context.Nh = UInt32(truncatingIfNeeded: count >> 29)
    }

    /// The digest of what came so far; the state goes on unchanged.
    package func finalize() -> Digest {
        var copy = context
        return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { out in
            SHA256_Final(out.baseAddress!.assumingMemoryBound(to: UInt8.self), &copy)
            return Digest(bytes: UnsafeRawBufferPointer(out).bytes)
        }
    }

    package static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    package static func digest(of bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { digest(of: $0) }
    }

    package static func digest(of text: String) -> Digest {
        var hash = SHA256()
        hash.update(text)
        return hash.finalize()
    }
}

/// Builds a key from fields, each preceded by its length so that no two different lists give one key.
package struct KeyHasher: Sendable {
    private var hash = SHA256()

    /// - Parameter domain: what the key is for and the version of its making; different domains never collide.
    package init(_ domain: String) {
        add(domain)
    }

    package mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(UInt64(bytes.count))
        hash.update(bytes)
    }

    package mutating func add(_ path: BytePath) {
        path.bytes.withUnsafeBytes { add($0) }
    }

    package mutating func add(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { hash.update($0) }
    }

    package mutating func add(_ flag: Bool) {
        add(UInt64(flag ? 1 : 0))
    }

    package mutating func add(_ digest: Digest) {
        digest.withUnsafeBytes { hash.update($0) }
    }

    package mutating func add(_ texts: [String]) {
        add(UInt64(texts.count))
        for text in texts { add(text) }
    }

    /// A missing value differs from every present one.
    package mutating func add(_ text: String?) {
        add(text != nil)
        if let text { add(text) }
    }

    package func finalize() -> Digest { hash.finalize() }
}
