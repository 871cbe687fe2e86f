package import Core

/// The verdicts on one name's images, one for each platform.
package struct PolicyReports: Sendable {
    /// The name as the user gave it.
    package let image: String
    /// Of the index, or of the only image.
    package let digest: Digest
    /// At least one.
    package private(set) var reports: [PolicyReport]
    /// Whether all platforms were asked for: then every format has all of them, were it one.
    package let isForAll: Bool

    /// - Parameter reports: at least one.
    package init(image: String, digest: Digest, _ reports: [PolicyReport], isForAll: Bool) {
        self.image = image
        self.digest = digest
        self.isForAll = isForAll
        self.reports = reports
        // An exception that one platform needs is needed.
        let needless = reports.map { Set($0.verdict.results.filter { $0.excerpt != nil }.map(Key.init)) }
        let common = needless.dropFirst().reduce(needless.first ?? []) { $0.intersection($1) }
        for index in reports.indices {
            self.reports[index].verdict.results.removeAll { $0.excerpt != nil && !common.contains(Key($0)) }
        }
    }

    package var isPassed: Bool { reports.allSatisfy(\.verdict.isPassed) }

    /// The same with files called otherwise.
    package func namingFiles(_ name: (String) -> String) -> PolicyReports {
        var copy = self
        for index in reports.indices { copy.reports[index].verdict = reports[index].verdict.namingFiles(name) }
        return copy
    }

    /// What makes two results the same for a reader.
    private struct Key: Hashable {
        let rule: String
        let outcome: PolicyResult.Outcome
        let message: String
        let path: BytePath?
        let place: PolicyResult.Place?

        init(_ result: PolicyResult) {
            (rule, outcome, message, path) = (result.rule, result.outcome, result.message, result.path)
            place = result.place
        }
    }

    /// All in one: what holds or is found for every platform once, what is of some with their names.
    var joined: PolicyReport? {
        guard var joined = reports.first else { return nil }
        guard reports.count > 1 else { return joined }
        joined.digest = digest
        joined.platforms = reports.flatMap(\.platforms)
        var found: [Key: (result: PolicyResult, platforms: [String])] = [:]
        var order: [Key] = []
        for report in reports {
            for result in report.verdict.results {
                let key = Key(result)
                if found[key] == nil { order.append(key) }
                var known = found[key] ?? (result, [])
                if known.platforms.last != report.platformText { known.platforms.append(report.platformText) }
                found[key] = known
            }
        }
        let rules = Dictionary(uniqueKeysWithValues: PolicyRules.names.enumerated().map { ($1, $0) })
        let results = order.compactMap { found[$0] }.enumerated().sorted { left, right in
            let (one, other) = (left.element.result, right.element.result)
            let places = (rules[one.rule] ?? rules.count, rules[other.rule] ?? rules.count)
            if (one.excerpt == nil) != (other.excerpt == nil) { return one.excerpt == nil }
            return places.0 != places.1 ? places.0 < places.1 : left.offset < right.offset
        }
        joined.verdict.results = results.compactMap { _, element in
            var result = element.result
            guard element.platforms.count < reports.count else { return result }
            guard result.outcome != .passed else { return nil }
            result.message += " (\(element.platforms.joined(separator: ", ")))"
            return result
        }
        return joined
    }

    /// One line of what came out for all.
    package var summary: String {
        let failed = reports.count { !$0.verdict.isPassed }
        return failed == 0
            ? "passed: all of \(reports.count) platforms" : "failed: \(failed) of \(reports.count) platforms"
    }

    // MARK: - Formats

    package var json: OrderedJSON {
        guard isForAll else { return reports.first?.json ?? .null }
        return [
            "image": .string(image), "digest": .string(digest.description), "passed": .bool(isPassed),
            "platforms": .array(reports.map(\.json)),
        ]
    }

    package var sarif: OrderedJSON { joined?.sarif ?? .null }
    package var gitlab: OrderedJSON { joined?.gitlab ?? .array([]) }
    package var markdown: String { joined?.markdown ?? "" }
    package var junit: String { PolicyReport.junit(reports, of: image) }
}
