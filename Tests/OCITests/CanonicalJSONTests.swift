import Core
import OCI
import Testing

@Suite("Canonical JSON")
struct CanonicalJSONTests {
    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
    }

    @Test("keys are in byte order, whatever their case, length or digits")
    func keyOrder() throws {
        let labels = ["b": "1", "a10": "2", "a9": "3", "B": "4", "é": "5", "_": "6", "a": "7", "~": "8"]
        #expect(
            try text(labels)
                == #"{"B":"4","_":"6","a":"7","a10":"2","a9":"3","b":"1","~":"8","é":"5"}"#)
    }

    @Test("slashes stay, control characters and quotes are escaped")
    func escapes() throws {
        #expect(try text(["a/b": "x\"\\\n\u{1}<&>\u{2028}"]) == "{\"a/b\":\"x\\\"\\\\\\n\\u0001<&>\u{2028}\"}")
    }

    @Test("a number that is not finite can't be written")
    func infinity() {
        #expect(throws: OCIError.self) { try CanonicalJSON.encode([Double.infinity]) }
    }

    @Test(
        "bad input is an error that names the field",
        arguments: [
            ("", "", nil), ("[", "", nil), ("{}", "", "'config' is missing"), ("[]", "", "an object was expected"),
            (#"{"config":{"digest":"sha256:zz","size":1}}"#, ".config.digest", nil),
            (#"{"config":{"digest":"\#(zero)","size":-1}}"#, ".config.size", "size is negative"),
            (#"{"config":{"digest":"\#(zero)","size":"1"}}"#, ".config.size", "a number was expected"),
            (#"{"config":{"digest":"\#(zero)","size":1},"layers":[{"size":1}]}"#, ".layers[0]", "'digest' is missing"),
            (#"{"config":{"digest":"\#(zero)","size":1},"layers":{}}"#, ".layers", "an array was expected"),
        ] as [(String, String, String?)])
    func malformed(json: String, path: String, reason: String?) throws {
        let error = #expect(throws: OCIError.self) {
            try CanonicalJSON.decode(ImageManifest.self, from: Array(json.utf8), kind: .manifest, limit: 1000)
        }
        guard case .malformed(.manifest, path, let found)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        if let reason { #expect(found == reason) }
    }

    @Test("more bytes than the limit are refused unread")
    func limit() {
        #expect(throws: OCIError.tooLarge(.config, limit: 10)) {
            try CanonicalJSON.decode(
                ImageConfig.self, from: Array(repeating: 0x20, count: 11), kind: .config, limit: 10)
        }
    }

    @Test("nesting of any depth is an error, not a crash")
    func depth() {
        let json = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(throws: OCIError.self) { try Manifest(decoding: json) }
        let deep = Array(#"{"schemaVersion":2,"x":"#.utf8) + json
        #expect(throws: OCIError.self) { try Manifest(decoding: deep) }
    }
}

let zero = "sha256:" + String(repeating: "0", count: 64)
