package import Layers

/// How much an analysis takes from an image that is not trusted.
package struct AnalysisLimits: Sendable {
    /// Of each layer.
    package var layer = LayerLimits()
    /// Entries of all layers together.
    package var entries = 2_000_000
    /// Bytes of a compressed ELF file that is looked into; those above a few megabytes lie in a scratch file meanwhile.
    package var binary: Int64 = 1 << 30
    /// Bytes of the contents of all layers together that are kept in memory for those who judge.
    package var captured = 96 << 20
    /// Bytes that may be taken by what the programs of all layers together say of themselves.
    package var programs = 128 << 20
    /// Remarks of a layer.
    package var remarks = 50

    package init() {}
}

/// How far an analysis is.
package struct AnalysisProgress: Sendable, Hashable {
    /// Layers that were read or were known, and all.
    package var layersDone: Int
    package var layers: Int
    /// Bytes of the blobs read so far, and of all that have to be read.
    package var bytesDone: Int64
    package var bytes: Int64

    package init(layersDone: Int, layers: Int, bytesDone: Int64, bytes: Int64) {
        self.layersDone = layersDone
        self.layers = layers
        self.bytesDone = bytesDone
        self.bytes = bytes
    }
}
