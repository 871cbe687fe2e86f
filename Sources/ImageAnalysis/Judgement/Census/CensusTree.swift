internal import Binaries
internal import Cataloging
internal import Core
internal import Layers

/// The tree of an image as catalogers want it.
struct CensusTree: CatalogTree {
    let paths: [BytePath]
    let binaries: [(path: BytePath, facts: BinaryFacts)]
    private let image: AnalysedImage

    init(_ census: FileCensus) throws {
        image = census.image
        var paths: [BytePath] = []
        var binaries: [(path: BytePath, facts: BinaryFacts)] = []
        try census.image.tree.forEachNode { node in
            guard node.entry.isFile else { return }
            paths.append(node.path)
            // A program of several names is told of once.
            guard node.hardlink == nil, node.entry.size > 0 else { return }
            if let binary = census.image.facts(of: node)?.binary { binaries.append((node.path, binary)) }
        }
        self.paths = paths
        self.binaries = binaries
    }

    func content(_ path: BytePath) throws -> [UInt8]? {
        guard let node = try image.tree.lookup(path, followLinks: false), node.entry.isFile else { return nil }
        if node.entry.size == 0 { return [] }
        return image.facts(of: node)?.captured
    }
}
