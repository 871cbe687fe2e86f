import Core
import Testing

@Suite("Digests and keys")
struct DigestTests {
    /// SHA-256 of nothing, as everyone knows it.
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test(
        "SHA-256 gives the published values",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func vectors(text: String, hex: String) {
        #expect(SHA256.digest(of: text).hex == hex)
        #expect(SHA256.digest(of: Array(text.utf8)).hex == hex)
    }

    @Test("hashing in pieces gives the same, and a copy of the state goes its own way")
    func pieces() {
        var hash = SHA256()
        hash.update("ab")
        var fork = hash
        hash.update("c")
        fork.update("d")
        #expect(hash.finalize() == SHA256.digest(of: "abc"))
        #expect(fork.finalize() == SHA256.digest(of: "abd"))
        #expect(hash.finalize() == SHA256.digest(of: "abc"))
        #expect(hash.count == 3)
    }

    @Test("a digest is read and written in its one form")
    func forms() throws {
        let digest = try Digest(parsing: "sha256:" + empty)
        #expect(digest.description == "sha256:" + empty)
        #expect(digest.hex == empty)
        #expect(digest.short == "e3b0c44298fc")
        #expect(digest == Digest(hex: empty))
        #expect(digest.bytes.count == 32)
        #expect(digest.bytes.prefix(3) == [0xE3, 0xB0, 0xC4])
        #expect(digest.withUnsafeBytes { Array($0) } == digest.bytes)
        #expect(digest.bytes.withUnsafeBytes { Digest(bytes: $0.bytes) } == digest)
    }

    private static let refused: [(String, DigestError)] = {
        let prefix = "sha256:"
        let zeros = String(repeating: "0", count: 63)
        let malformed = [
            "", "sha256", prefix, prefix + zeros, prefix + zeros + "00", prefix + zeros + "A", prefix + zeros + "é",
        ]
        return malformed.map { ($0, DigestError.malformed($0)) } + [
            (":", DigestError.unsupportedAlgorithm("")), ("md5:abc", DigestError.unsupportedAlgorithm("md5")),
            ("SHA256:" + zeros + "0", DigestError.unsupportedAlgorithm("SHA256")),
        ]
    }()

    @Test("anything else is refused", arguments: refused)
    func malformed(text: String, error: DigestError) {
        #expect(throws: error) { try Digest(parsing: text) }
    }

    @Test("digests are ordered as their text is")
    func order() {
        let digests = (0..<100).map { SHA256.digest(of: "\($0)") }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    }

    @Test("keys tell every difference in their fields")
    func keys() {
        func key(_ domain: String = "d", _ body: (inout KeyHasher) -> Void) -> Digest {
            var hasher = KeyHasher(domain)
            body(&hasher)
            return hasher.finalize()
        }
        let keys = [
            key { _ in },
            key("e") { _ in },
            key { $0.add("ab") },
            key {
                $0.add("a")
                $0.add("b")
            },
            key {
                $0.add("")
                $0.add("ab")
            },
            key { $0.add(["ab"]) },
            key { $0.add(["a", "b"]) },
            key { $0.add(String?.none) },
            key { $0.add(String?.some("")) },
            key { $0.add(true) },
            key { $0.add(UInt64(2)) },
            key { $0.add(SHA256.digest(of: "ab")) },
            key { $0.add(BytePath(cleaning: "a/b")) },
        ]
        #expect(Set(keys).count == keys.count)
        #expect(key { $0.add("ab") } == key { $0.add(BytePath(cleaning: "ab")) })
    }

    @Test("a key is what it always was, on every machine")
    func stableKey() {
        var hasher = KeyHasher("step.v1")
        hasher.add("RUN")
        hasher.add(UInt64(7))
        // length (8 bytes, little-endian) and bytes of each text; the number as 8 bytes.
        var expected = SHA256()
        expected.update([7, 0, 0, 0, 0, 0, 0, 0])
        expected.update("step.v1")
        expected.update([3, 0, 0, 0, 0, 0, 0, 0])
        expected.update("RUN")
        expected.update([7, 0, 0, 0, 0, 0, 0, 0])
        #expect(hasher.finalize() == expected.finalize())
    }
}
