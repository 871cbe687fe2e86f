package import Core

/// Which layer wrote a content: a layer that only gives a file another owner, mode or time holds all of it again, and is
/// not to blame for what it is.
package struct ContentOrigins: Sendable {
    private struct Place: Hashable {
        var layer: Int
        var path: BytePath
    }

    /// For what a layer copied the layer that it copied it from.
    private var sources: [Place: Int] = [:]

    package init(_ waste: Waste) {
        for item in waste.items where item.kind == .metadataCopy {
            if let by = item.replacedBy, by > item.layer { sources[Place(layer: by, path: item.path)] = item.layer }
        }
    }

    /// - Returns: the given layer, or the one below it from which the content came through copies.
    package func layer(of path: BytePath, in layer: Int) -> Int {
        var place = Place(layer: layer, path: path)
        // Each step goes down.
        while let source = sources[place] { place.layer = source }
        return place.layer
    }

    /// The same of a directory: the lowest layer that wrote any of the files in it that the given one has copied.
    package func layer(ofDirectory path: BytePath, in layer: Int) -> Int {
        sources.keys.lazy.filter { $0.layer == layer && $0.path.isSameOrBelow(path) }
            .map { self.layer(of: $0.path, in: $0.layer) }.min() ?? layer
    }
}
