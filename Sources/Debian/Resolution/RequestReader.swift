internal import Core
internal import Inventory

/// Finds what each request of a resolution means.
enum RequestReader {
    /// The candidates of each request, the preferred one first; none of the lists is empty.
    /// - Throws: ``ResolutionError`` when one request is wrong, `DiagnosticList` when several are.
    static func read(_ request: ResolutionRequest, _ pool: inout PackagePool) throws -> [[Int]] {
        var found: [[Int]] = []
        var errors: [ResolutionError] = []
        for asked in request.packages {
            do throws(ReadFailure) {
                found.append(try read(asked, request, &pool))
            } catch {
                switch error {
                case .wrong(let error): errors.append(error)
                case .other(let error): throw error
                }
            }
        }
        if errors.count == 1 { throw errors[0] }
        if !errors.isEmpty { throw DiagnosticList(errors.map(\.diagnostic)) }
        return found
    }

    private enum ReadFailure: Error {
        case wrong(ResolutionError)
        case other(any Error)
    }

    private static func read(
        _ asked: PackageRequest, _ request: ResolutionRequest, _ pool: inout PackagePool
    ) throws(ReadFailure) -> [Int] {
        do {
            return try candidates(asked, request, &pool)
        } catch let error as ResolutionError {
            throw .wrong(error)
        } catch {
            throw .other(error)
        }
    }

    private static func candidates(
        _ asked: PackageRequest, _ request: ResolutionRequest, _ pool: inout PackagePool
    ) throws -> [Int] {
        var version: DebianVersion?
        if let text = asked.version {
            do throws(DebianVersionError) {
                version = try DebianVersion(text)
            } catch {
                throw ResolutionError.badVersion(asked, error)
            }
        }
        if let suite = asked.suite, !pool.suites.contains(suite) {
            throw ResolutionError.unknownSuite(asked, known: pool.suites)
        }
        let found = try pool.candidates(asked, version)
        if !found.isEmpty { return found }

        let versions = try pool.versions(asked.name) + pool.all(asked.name)
        if !versions.isEmpty {
            var seen = Set<Int>()
            let available = versions.filter { seen.insert($0).inserted }.map { pool.packages[$0] }
            let lower = versions.first { pool.isInstalled($0) }.map { pool.packages[$0] }
            throw ResolutionError.noSuchVersion(asked, available: available, lower: lower)
        }
        let providers = try pool.candidates(Relation(asked.name))
        let names = Set(providers.map { pool.packages[$0].name })
        guard !names.isEmpty else {
            let suggestion = Suggestion.nearest(to: asked.name, in: Self.near(asked.name, pool.allNames()))
            throw ResolutionError.unknownPackage(asked, suggestion: suggestion)
        }
        guard asked.version == nil, asked.suite == nil else {
            throw ResolutionError.virtualPackage(asked, providers: names.sorted())
        }
        // A name that several packages provide is clear only when one of them is there anyway.
        let isThere =
            providers.contains { pool.isInstalled($0) }
            || request.packages.contains { names.contains($0.name) }
        guard names.count == 1 || isThere else {
            throw ResolutionError.virtualPackage(asked, providers: names.sorted())
        }
        return providers
    }

    /// Names of about the same length, those that begin alike first: the rest can't be near, and there are a hundred
    /// thousand.
    private static func near(_ name: String, _ names: Set<String>) -> [String] {
        let length = name.utf8.count
        let slack = max(1, length / 3)
        let close = names.filter { abs($0.utf8.count - length) <= slack }
        let ranked = close.map { (common: zip($0.utf8, name.utf8).prefix { $0 == $1 }.count, name: $0) }
        return ranked.sorted { ($1.common, $0.name) < ($0.common, $1.name) }.map(\.name)
    }
}
