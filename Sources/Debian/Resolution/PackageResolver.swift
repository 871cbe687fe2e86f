// https://www.debian.org/doc/debian-policy/ch-relationships.html
internal import Core
internal import Inventory

/// Chooses packages, so that everything that is asked for is there, every dependency is met and nothing conflicts.
///
/// The answer is the one that apt would give where that is a sensible one: of several versions the highest; of
/// alternatives one that is there already, else the first that can be; a package before others that provide its name.
/// It goes by nothing but the indexes' content and order, so it is the same every time.
package struct PackageResolver: Sendable {
    /// Dead ends after which the search gives up. Real archives need a handful.
    package static let conflictLimit = 20_000

    private let indexes: [PackageIndex]

    /// - Parameter indexes: earlier ones win where versions are equal.
    package init(_ indexes: [PackageIndex]) { self.indexes = indexes }

    /// Chooses packages for one level.
    /// - Returns: the packages without those of lower levels. Dependencies come before what needs them; in a cycle
    ///   pre-dependencies do. Essential packages, with what they need, come first.
    /// - Throws: ``ResolutionError``, a `DiagnosticList` when several requests are wrong, ``PackageIndexError``.
    package func resolve(_ request: ResolutionRequest) throws -> [DebianPackage] {
        var search = try PackageSearch(indexes, request)
        try search.run()
        return search.result()
    }
}
