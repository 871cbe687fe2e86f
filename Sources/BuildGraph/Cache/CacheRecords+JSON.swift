package import Core
private import Layers
private import OCI

/// Why records are not taken.
package enum CacheRecordsError: DiagnosticConvertible, Equatable {
    case version(Int)
    case tooMany(String, limit: Int)
    case invalid(String)

    package var diagnostic: Diagnostic {
        let (cause, hint) = reason
        return Diagnostic(code: "cache.records", "these are no records of a build cache", causes: [cause], hint: hint)
    }

    private var reason: (cause: String, hint: String) {
        switch self {
        case .version(let version):
            ("their version is \(version), and version \(CacheRecords.version) is known", "export the cache anew")
        case .tooMany(let what, let limit): ("they have more than \(limit) \(what)", "export the cache anew")
        case .invalid(let reason): (reason, "export the cache anew")
        }
    }
}

extension CacheRecords {
    static let version = 1
    /// Bytes of JSON that are read at most.
    package static let sizeLimit = 32 << 20
    private static let stepLimit = 50_000
    private static let blobLimit = 16
    /// Seconds of the last time that four digits of a year can say.
    private static let lastEpoch: Int64 = 253_402_300_799

    private struct Document: Codable {
        struct Step: Codable {
            var key: Digest
            var shape: Digest
            var layer: Digest?
        }

        struct Layer: Codable {
            var id: Digest
            var content: Digest
            var blobs: [Blob]
        }

        struct Blob: Codable {
            var epoch: Int64
            var compression: String
            var diff: Digest
            var digest: Digest
            var size: Int
        }

        var version: Int
        var steps: [Step]
        var layers: [Layer]
    }

    private struct Version: Decodable {
        var version: Int
    }

    /// Canonical JSON: equal records give equal bytes.
    package func encoded() throws -> [UInt8] {
        try CanonicalJSON.encode(
            Document(
                version: Self.version,
                steps: allSteps.map { .init(key: $0.key, shape: $0.shape, layer: $0.layer) },
                layers: allLayers.map { layer in
                    .init(
                        id: layer.id, content: layer.contentID,
                        blobs: layer.blobs.map {
                            .init(
                                epoch: $0.epoch, compression: $0.compression.rawValue, diff: $0.diffID,
                                digest: $0.digest, size: $0.size)
                        })
                }))
    }

    /// Reads untrusted bytes.
    ///
    /// - Throws: ``CacheRecordsError`` or `OCIError` for anything that ``encoded()`` would not have written, but for
    ///   fields that are not known.
    package init(decoding bytes: [UInt8]) throws {
        self.init()
        let version = try CanonicalJSON.decode(
            Version.self, from: bytes, kind: .cacheRecords, limit: Self.sizeLimit
        ).version
        guard version == Self.version else { throw CacheRecordsError.version(version) }
        let document = try CanonicalJSON.decode(
            Document.self, from: bytes, kind: .cacheRecords, limit: Self.sizeLimit)
        guard document.steps.count <= Self.stepLimit else {
            throw CacheRecordsError.tooMany("steps", limit: Self.stepLimit)
        }
        guard document.layers.count <= Self.stepLimit else {
            throw CacheRecordsError.tooMany("layers", limit: Self.stepLimit)
        }
        for layer in document.layers {
            guard self.layer(layer.id) == nil else {
                throw CacheRecordsError.invalid("layer \(layer.id) is there twice")
            }
            guard layer.blobs.count <= Self.blobLimit else {
                throw CacheRecordsError.tooMany("blobs of a layer", limit: Self.blobLimit)
            }
            // A layer is bound to its content, so that records can't give one the name of another.
            guard layer.id == layer.content || layer.id == Self.id(ofProgramLayer: layer.content) else {
                throw CacheRecordsError.invalid("layer \(layer.id) is not named by what it holds")
            }
            let blobs = try layer.blobs.map(Self.blob)
            add(Layer(id: layer.id, contentID: layer.content, blobs: blobs))
            guard self.layer(layer.id)?.blobs.count == blobs.count else {
                throw CacheRecordsError.invalid("layer \(layer.id) has two blobs of one form")
            }
        }
        for step in document.steps {
            guard self.step(step.key) == nil else { throw CacheRecordsError.invalid("step \(step.key) is there twice") }
            if let id = step.layer, self.layer(id) == nil {
                throw CacheRecordsError.invalid("layer \(id) of step \(step.key) is missing")
            }
            add(Step(key: step.key, shape: step.shape, layer: step.layer))
        }
    }

    private static func blob(_ blob: Document.Blob) throws -> Blob {
        guard let compression = Layers.LayerCompression(rawValue: blob.compression) else {
            throw CacheRecordsError.invalid("'\(blob.compression.prefix(40))' is not a compression")
        }
        guard (0...lastEpoch).contains(blob.epoch) else {
            throw CacheRecordsError.invalid("\(blob.epoch) is not a time of files")
        }
        guard blob.size >= 0 else { throw CacheRecordsError.invalid("the size \(blob.size) is negative") }
        return Blob(
            epoch: blob.epoch, compression: compression, diffID: blob.diff, digest: blob.digest, size: blob.size)
    }
}
