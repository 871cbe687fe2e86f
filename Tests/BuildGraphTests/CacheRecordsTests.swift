import BuildGraph
import Core
import Layers
import OCI
import Testing

@Suite("records of a build cache")
struct CacheRecordsTests {
    private static let content = SHA256.digest(of: "content")
    private static let program = CacheRecords.id(ofProgramLayer: content)
    private static let key = SHA256.digest(of: "key")
    private static let shape = SHA256.digest(of: "shape")

    private static func blob(
        _ text: String = "blob", epoch: Int64 = 0, _ compression: Layers.LayerCompression = .gzip
    ) -> CacheRecords.Blob {
        CacheRecords.Blob(
            epoch: epoch, compression: compression, diffID: SHA256.digest(of: "diff"), digest: SHA256.digest(of: text),
            size: 7)
    }

    private static var records: CacheRecords {
        var records = CacheRecords()
        records.add(CacheRecords.Layer(id: program, contentID: content, blobs: [blob()]))
        records.add(CacheRecords.Step(key: key, shape: shape, layer: program))
        records.add(CacheRecords.Step(key: shape, shape: shape, layer: nil))
        return records
    }

    @Test("are the same when they were written and read, and one value has one sequence of bytes")
    func roundTrip() throws {
        let records = Self.records
        let bytes = try records.encoded()
        #expect(try CacheRecords(decoding: bytes) == records)
        var other = CacheRecords()
        for step in records.allSteps.reversed() { other.add(step) }
        for layer in records.allLayers.reversed() { other.add(layer) }
        #expect(try other.encoded() == bytes)
        #expect(records.knows(shape: Self.shape))
        #expect(!records.knows(shape: Self.key))
        #expect(records.step(Self.key)?.layer == Self.program)
        #expect(records.blobs == [Self.blob()])
        #expect(
            Self.blob("x", .zstd).descriptor
                == Descriptor(mediaType: .ociLayerZstd, digest: SHA256.digest(of: "x"), size: 7))
    }

    @Test("merging keeps what is known and adds forms of a layer that are not")
    func merging() {
        var records = Self.records
        var other = CacheRecords()
        other.add(
            CacheRecords.Layer(
                id: Self.program, contentID: Self.content, blobs: [Self.blob("other"), Self.blob("z", .zstd)]))
        other.add(CacheRecords.Step(key: Self.key, shape: Self.shape, layer: nil))
        other.add(CacheRecords.Step(key: Self.content, shape: Self.content, layer: nil))
        records.merge(other)
        #expect(records.count == 3)
        #expect(records.step(Self.key)?.layer == Self.program)
        #expect(records.layer(Self.program)?.blobs == [Self.blob(), Self.blob("z", .zstd)])
    }

    private static func layer(_ blobs: String, id: Digest = program, content: Digest = content) -> String {
        #"{"blobs":[\#(blobs)],"content":"\#(content)","id":"\#(id)"}"#
    }

    private static func blobText(
        epoch: String = "0", compression: String = #""gzip""#, size: String = "7", digest: String = "\"\(content)\""
    ) -> String {
        #"{"compression":\#(compression),"diff":"\#(content)","digest":\#(digest),"epoch":\#(epoch),"size":\#(size)}"#
    }

    private static func step(layer: String) -> String {
        #"{"key":"\#(key)","layer":\#(layer),"shape":"\#(shape)"}"#
    }

    private static func document(layers: [String] = [], steps: [String] = [], version: String = "1") -> String {
        #"{"layers":[\#(layers.joined(separator: ","))],"steps":[\#(steps.joined(separator: ","))],"version":\#(version)}"#
    }

    @Test("a field that is not known, such as a description, is passed over and not written again")
    func unknownField() throws {
        let step = #"{"description":"ADD https://u:hunter2@h/x","key":"\#(Self.key)","shape":"\#(Self.shape)"}"#
        let records = try CacheRecords(decoding: Array(Self.document(steps: [step]).utf8))
        #expect(records.allSteps == [.init(key: Self.key, shape: Self.shape, layer: nil)])
        #expect(
            try String(decoding: records.encoded(), as: UTF8.self)
                == #"{"layers":[],"steps":[{"key":"\#(Self.key)","shape":"\#(Self.shape)"}],"version":1}"#)
    }

    @Test(
        "hostile ones are refused with the reason",
        arguments: [
            ("", "malformed"), ("[]", "an object was expected"), ("{}", "'version' is missing"),
            (document(version: "2"), "their version is 2, and version 1 is known"),
            (document(version: "1e99"), ""), (document(version: #""1""#), "a number was expected"),
            (document(layers: [layer(blobText(size: "-1"))]), "the size -1 is negative"),
            (document(layers: [layer(blobText(size: "99999999999999999999"))]), ""),
            (document(layers: [layer(blobText(epoch: "-5"))]), "-5 is not a time of files"),
            (document(layers: [layer(blobText(epoch: "9223372036854775807"))]), "is not a time of files"),
            (document(layers: [layer(blobText(compression: #""xz""#))]), "'xz' is not a compression"),
            (document(layers: [layer(blobText(digest: #""sha256:00""#))]), "is not a digest"),
            (document(layers: [layer(blobText(digest: #""../../etc/passwd""#))]), "is not a digest"),
            (document(layers: [layer("", id: shape)]), "is not named by what it holds"),
            (document(layers: [layer(""), layer("")]), "is there twice"),
            (document(layers: [layer(blobText() + "," + blobText())]), "has two blobs of one form"),
            (
                document(layers: [layer((0..<17).map { blobText(epoch: "\($0)") }.joined(separator: ","))]),
                "they have more than 16 blobs of a layer"
            ),
            (document(steps: [step(layer: "\"\(content)\"")]), "is missing"),
            (document(steps: [step(layer: "null"), step(layer: "null")]), "is there twice"),
            (document(steps: [step(layer: "7")]), "a string was expected"),
            (
                document(steps: Array(repeating: step(layer: "null"), count: 50_001)),
                "they have more than 50000 steps"
            ),
            (String(repeating: "[", count: 200_000), ""),
            (#"{"version":1,"steps":"# + String(repeating: "[", count: 100_000), ""),
        ])
    func hostile(text: String, reason: String) throws {
        do {
            _ = try CacheRecords(decoding: Array(text.utf8))
            Issue.record("they were taken")
        } catch {
            let diagnostic = Diagnostic(explaining: error)
            let said = ([diagnostic.message] + diagnostic.causes).joined(separator: ": ")
            #expect(said.contains(reason), "\(said)")
        }
    }

    @Test("more bytes than the limit are not read; any byte that is changed gives an error or other records, no trap")
    func limits() throws {
        #expect(throws: OCIError.tooLarge(.cacheRecords, limit: CacheRecords.sizeLimit)) {
            try CacheRecords(decoding: [UInt8](repeating: 32, count: CacheRecords.sizeLimit + 1))
        }
        let bytes = try Self.records.encoded()
        for index in bytes.indices {
            for change: UInt8 in [34, 255] {
                var changed = bytes
                changed[index] = change
                _ = try? CacheRecords(decoding: changed)
            }
            _ = try? CacheRecords(decoding: Array(bytes[..<index]))
        }
    }
}
