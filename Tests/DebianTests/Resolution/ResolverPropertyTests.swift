import Debian
import Inventory
import SampanTestSupport
import Testing

/// Random small archives: what the resolver says is compared with trying everything.
@Suite struct ResolverPropertyTests {
    @Test("an answer is valid, and there is none only where none can be", arguments: 0..<12)
    func randomArchives(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let archive = RandomArchive(&generator)
            let resolution = Resolution(main: archive.text)
            let index = try resolution.indexes()[0]
            let all = try archive.names.flatMap { try index.packages(named: $0) }
            let asked = ["p0", "p1"].map(Resolution.request)
            let possible = exists(all) { problem(of: $0) == nil }
            do {
                let found = try resolution.resolve(asked)
                #expect(possible)
                #expect(problem(of: found) == nil, "\(archive.text)\n\(found)")
                #expect(misplaced(found).isEmpty, "\(archive.text)\n\(found)")
                #expect(Set(found.map(\.name)).isSuperset(of: ["p0", "p1"]))
                #expect(try resolution.resolve(asked) == found)
            } catch let error as ResolutionError {
                #expect(!possible, "\(archive.text)\n\(error.diagnostic)")
                guard case .unsatisfiable(let facts) = error else { continue }
                #expect(!facts.isEmpty)
            }
        }
    }

    /// Whether some set of packages with p0 and p1, one version a name at most, satisfies.
    private func exists(_ packages: [DebianPackage], _ satisfies: ([DebianPackage]) -> Bool) -> Bool {
        var sets: [[DebianPackage]] = [[]]
        for versions in Dictionary(grouping: packages, by: \.name).values {
            let choices = versions.map { [$0] } + (["p0", "p1"].contains(versions[0].name) ? [] : [[]])
            sets = sets.flatMap { set in choices.map { set + $0 } }
        }
        return sets.contains(where: satisfies)
    }

    /// What a set of packages lacks, or what conflicts in it.
    private func problem(of set: [DebianPackage]) -> String? {
        func meets(_ package: DebianPackage, _ relation: Relation) -> Bool {
            package.satisfies(relation, architecture: "amd64") || package.provides(relation, architecture: "amd64")
        }
        for package in set {
            for dependency in package.depends + package.preDepends
            where !set.contains(where: { other in dependency.alternatives.contains { meets(other, $0) } }) {
                return "\(package) lacks \(dependency)"
            }
            for relation in package.conflicts + package.breaks {
                for other in set where other != package && meets(other, relation) { return "\(package), \(other)" }
            }
        }
        return nil
    }

    /// Packages that come before something they need, though that doesn't need them.
    private func misplaced(_ found: [DebianPackage]) -> [String] {
        func needs(_ package: Int) -> [[Int]] {
            (found[package].preDepends + found[package].depends).map { dependency in
                found.indices.filter { other in
                    dependency.alternatives.contains {
                        found[other].satisfies($0, architecture: "amd64")
                            || found[other].provides($0, architecture: "amd64")
                    }
                }
            }
        }
        func reaches(_ from: Int, _ to: Int) -> Bool {
            var seen = Set([from])
            var pending = [from]
            while let next = pending.popLast() {
                if next == to { return true }
                pending += needs(next).joined().filter { seen.insert($0).inserted }
            }
            return false
        }
        return found.indices.flatMap { package in
            // Where several meet a dependency, any of them may be the one.
            needs(package).compactMap { $0.count == 1 ? $0[0] : nil }
                .filter { $0 > package && !reaches($0, package) }
                .map { "\(found[package]) < \(found[$0])" }
        }
    }
}

/// An archive of a few packages with random relations.
private struct RandomArchive {
    let names: [String]
    let text: String

    init(_ generator: inout SeededGenerator) {
        let names = (0..<6).map { "p\($0)" }
        var lines: [String] = []
        for name in names {
            for version in 1...Int.random(in: 1...2, using: &generator) {
                var line = "\(name) \(version)"
                for (field, odds, separator) in [
                    ("Depends", 3, " | "), ("Pre-Depends", 6, " | "), ("Conflicts", 5, ", "), ("Breaks", 5, ", "),
                ] where Int.random(in: 0..<odds, using: &generator) < 2 {
                    let count = Int.random(in: 1...2, using: &generator)
                    let relations = (0..<count).map { _ in Self.relation(&generator) }
                    line += "; \(field): \(relations.joined(separator: separator))"
                }
                if Bool.random(using: &generator) {
                    line += "; Provides: v\(Int.random(in: 0...1, using: &generator)) (= \(version))"
                }
                lines.append(line)
            }
        }
        self.names = names
        text = lines.joined(separator: "\n")
    }

    private static func relation(_ generator: inout SeededGenerator) -> String {
        let name = ["p0", "p1", "p2", "p3", "p4", "p5", "v0", "v1"].randomElement(using: &generator) ?? "p0"
        guard Int.random(in: 0...2, using: &generator) == 0 else { return name }
        let sign = ["<<", "<=", "=", ">=", ">>"].randomElement(using: &generator) ?? "="
        return "\(name) (\(sign) \(Int.random(in: 1...2, using: &generator)))"
    }
}
