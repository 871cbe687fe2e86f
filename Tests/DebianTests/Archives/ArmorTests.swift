import Testing

@testable import Debian

@Suite("armoured keys")
struct ArmorTests {
    private func armored(_ body: String, headers: String = "") -> [UInt8] {
        Array("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\(headers)\n\(body)\n-----END PGP PUBLIC KEY BLOCK-----\n".utf8)
    }

    @Test(
        "base64 is decoded whatever its length",
        arguments: [("mQ==", [0x99]), ("mQE=", [0x99, 0x01]), ("mQEN", [0x99, 0x01, 0x0d])] as [(String, [UInt8])])
    func lengths(text: String, bytes: [UInt8]) {
        #expect(Armor.decode(armored(text)) == bytes)
    }

    @Test("headers are passed over, carriage returns too")
    func headers() {
        let text = String(decoding: armored("mQEN", headers: "Comment: a\nVersion: b\n"), as: UTF8.self)
        #expect(Armor.decode(Array(text.utf8)) == [0x99, 0x01, 0x0d])
        #expect(
            Armor.decode(
                Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8))
                == [0x99, 0x01, 0x0d])
    }

    @Test("several blocks of one file are joined")
    func blocks() {
        #expect(
            Armor.decode(armored("mQEN") + Array("text between\n".utf8) + armored("mQ==")) == [0x99, 0x01, 0x0d, 0x99])
    }

    @Test("binary keys stay what they are")
    func binary() { #expect(Armor.decode([0x99, 0x01, 0x0d]) == [0x99, 0x01, 0x0d]) }

    @Test("the checksum must fit")
    func checksum() {
        // CRC-24 of no bytes is its initial value, B7 04 CE; of "mQEN" it was computed with gpg's own armour.
        #expect(Armor.decode(armored("mQEN\n=twTO")) == nil)
    }

    @Test(
        "broken armour is refused",
        arguments: ["mQE", "mQ=", "m", "mQ==mQ==", "m*EN", "mQEN\n=!!!!"])
    func broken(text: String) { #expect(Armor.decode(armored(text)) == nil) }

    @Test("a block without an end, or without an empty line, is refused")
    func unfinished() {
        #expect(Armor.decode(Array("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n".utf8)) == nil)
        #expect(
            Armor.decode(Array("-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQEN\n-----END PGP PUBLIC KEY BLOCK-----".utf8))
                == nil)
    }

    @Test("a text without a block holds no keys")
    func none() { #expect(Armor.decode(Array("hello\n".utf8)) == []) }
}
