internal import Cataloging

extension Explanation {
    /// Concludes from an image all that inspection shows.
    /// - Throws: ``LayerError`` when the layers make no tree.
    package static func of(_ image: AnalysedImage) throws -> Explanation {
        let census = try FileCensus(image)
        var image = image
        var remarks = image.remarks
        let packages = try Catalog.packages(CensusTree(census)) { remarks.append($0) }
        let linkage = Linkage(image)
        let programs = linkage.verdicts { remarks.append($0) }
        let bases = linkage.bases()
        let owners = try PackageOwners(packages, image.tree)
        let waste = Waste.of(census, owners)
        image.remarks = remarks
        var explanation = Explanation(
            image: image, kinds: KindShare.shares(census), packages: owners.shares(census), waste: waste,
            programs: programs, bases: bases, advice: [])
        explanation.advice = Advice.advice(on: explanation)
        return explanation
    }
}
