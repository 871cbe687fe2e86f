import Core
import Layers

/// A layer that an exported cache knows: its identity is certain before a byte of it is here.
///
/// Whatever form of it is made here is compared with that identity first, so records that promise another content than
/// they ship give an error and nothing else.
package struct ShippedLayer: Sendable {
    /// The code of the error of entries that are not those promised.
    static let otherContent = "cache.content"

    /// The identity of its entries.
    let contentID: Digest
    /// The forms in which it can be fetched.
    let blobs: [CacheRecords.Blob]
    let cache: any CacheSource
    /// Makes its entries out of what is here, where that takes less than fetching them.
    var plan: (@Sendable () async throws -> LayerContents)?

    init(_ layer: CacheRecords.Layer, of cache: any CacheSource) {
        contentID = layer.contentID
        blobs = layer.blobs
        self.cache = cache
    }

    func blob(epoch: Int64, compression: Layers.LayerCompression) -> CacheRecords.Blob? {
        blobs.first { $0.epoch == epoch && $0.compression == compression }
    }

    /// An error with the cache's name and what to do about it; cancellations stay what they are.
    func explain(_ error: any Error) -> any Error {
        if error is CancellationError { return error }
        let cause = Diagnostic(explaining: error)
        return Diagnostic(
            code: "cache.layer", "the cache '\(cache.name)' does not give the layer that its records promise",
            causes: [cause.message] + cause.causes,
            hint: "build without this cache: nothing of the layer was kept")
    }

    /// - Throws: when entries are not those that the records promise.
    func verify(_ actual: Digest) throws {
        guard actual == contentID else {
            throw Diagnostic(
                code: Self.otherContent, "its content is \(actual.short), not \(contentID.short)",
                hint: "build without this cache")
        }
    }
}

extension LayerRef {
    /// Whether a program made the layer, so that another run may have made another of the same content.
    var isOfProgram: Bool {
        switch origin {
        case .ran: true
        case .shipped(let layer): id != layer.contentID
        case .base, .made: false
        }
    }
}
