internal import Cataloging
package import ContentStore

extension Explanation {
    /// Concludes from an image all that inspection shows.
    /// - Parameter store: remembers what is concluded from the files; nil when nothing is to be remembered.
    /// - Throws: ``LayerError`` when the layers make no tree.
    package static func of(_ image: AnalysedImage, store: Store? = nil) throws -> Explanation {
        let known = store.flatMap { ImageRecord.load(image, from: $0) }
        let findings = try known ?? ImageFindings.of(image)
        if let store, known == nil { ImageRecord.save(findings, of: image, to: store) }
        var image = image
        image.remarks += findings.remarks
        var explanation = Explanation(
            image: image, kinds: findings.kinds, packages: findings.packages, waste: findings.waste,
            programs: findings.programs, bases: findings.bases, advice: [])
        explanation.advice = Advice.advice(on: explanation)
        return explanation
    }
}

extension ImageFindings {
    /// - Throws: ``LayerError`` when the layers make no tree.
    static func of(_ image: AnalysedImage) throws -> ImageFindings {
        let census = try FileCensus(image)
        var remarks: [String] = []
        let packages = try Catalog.packages(CensusTree(census)) { remarks.append($0) }
        let linkage = Linkage(image)
        let programs = linkage.verdicts { remarks.append($0) }
        let owners = try PackageOwners(packages, image.tree)
        return ImageFindings(
            kinds: KindShare.shares(census), packages: owners.shares(census), waste: Waste.of(census, owners),
            programs: programs, bases: linkage.bases(), remarks: remarks)
    }
}
