package import Debian
package import Layers

/// What one level of a base is assembled from.
package struct BaseLevel: Sendable {
    package var recipe: Recipe
    /// In the order in which they depend on each other.
    package var packages: [DebPackage]
    /// Those of the recipe's archives that this architecture gets, in the recipe's order, with what is in them as it
    /// stands in the archive (indexed without whiteouts, nothing stripped).
    package var archives: [(archive: Recipe.Archive, contents: LayerContents)]

    package init(
        recipe: Recipe, packages: [DebPackage], archives: [(archive: Recipe.Archive, contents: LayerContents)] = []
    ) {
        self.recipe = recipe
        self.packages = packages
        self.archives = archives
    }
}

/// What a level came to, for tables and progress.
package struct LevelReport: Sendable, Equatable {
    /// What one slice of the recipe left out.
    package struct Sliced: Sendable, Equatable {
        package var slice: String
        package var files: Int
        /// Bytes of the files' contents.
        package var bytes: Int64
    }

    package var name: String
    /// Names of its packages, in the order given.
    package var packages: [String]
    /// Files, links and directories of the layer.
    package var entries = 0
    /// Bytes of the files' contents.
    package var bytes: Int64 = 0
    /// In the order of the recipe's slices.
    package var sliced: [Sliced] = []
}
