internal import Core
internal import Inventory

extension PackageSearch {
    /// Facts beyond these don't help anybody.
    private static let factLimit = 12

    /// Says why a clause can't hold, whatever is chosen: what stands in the way first, then why each package is wanted.
    mutating func explain(_ conflict: Int) throws -> ResolutionError {
        let core = solver.core(of: conflict).compactMap { origins[$0] }
        var obstacles: [(rank: Int, fact: ResolutionFact, packages: [Int])] = []
        for origin in core {
            switch origin {
            case .dependency(let owner, let dependency):
                guard let fact = try unmet(owner, dependency) else { continue }
                obstacles.append((0, fact, [owner]))
            case .conflict(let owner, let relation, let other, let isBreaks):
                let (first, second) = (pool.packages[owner], pool.packages[other])
                obstacles.append(
                    (1, .conflicts(first, relation, with: second, isBreaks: isBreaks), [owner, other]))
            case .oneVersion(let first, let second):
                obstacles.append((2, .oneVersion(pool.packages[first], pool.packages[second]), [first, second]))
            case .installed, .request, .essential: continue
            }
        }
        let parents = try wanters(core)
        var facts: [ResolutionFact] = []
        for (_, fact, packages) in obstacles.sorted(by: { $0.rank < $1.rank }) {
            if !facts.contains(fact) { facts.append(fact) }
            for package in packages {
                for step in chain(package, parents) where !facts.contains(step) { facts.append(step) }
            }
        }
        return .unsatisfiable(Array(facts.prefix(Self.factLimit)))
    }

    /// The fact that nothing meets a dependency; nil when something could.
    private mutating func unmet(_ owner: Int, _ dependency: Dependency) throws -> ResolutionFact? {
        var available: [DebianPackage] = []
        var unasked: [DebianPackage] = []
        for relation in dependency.alternatives {
            guard try pool.candidates(relation).isEmpty else { return nil }
            let shown = try pool.versions(relation.name)
            available += (shown.isEmpty ? try pool.all(relation.name) : shown).map { pool.packages[$0] }
            for name in try pool.providerNames(relation.name) {
                available += try pool.versions(name).map { pool.packages[$0] }.filter { !available.contains($0) }
            }
            unasked += try pool.unasked(relation).map { pool.packages[$0] }
        }
        return .needs(pool.packages[owner], dependency, available: available, unasked: unasked)
    }

    /// For each package in the contradiction who wants it, by the shortest way from what is asked for.
    private mutating func wanters(_ core: [Origin]) throws -> [Int: Wanter] {
        var wanters: [Int: Wanter] = [:]
        var pending: [Int] = []
        func reach(_ number: Int, _ wanter: Wanter) {
            guard wanters[number] == nil else { return }
            wanters[number] = wanter
            pending.append(number)
        }
        var dependencies: [Int: [Dependency]] = [:]
        for origin in core {
            switch origin {
            case .installed(let number): reach(number, .lower)
            case .request(let index):
                for number in try candidates(of: index) { reach(number, .request(request.packages[index])) }
            case .essential(let name): for number in try pool.versions(name) { reach(number, .essential) }
            case .dependency(let owner, let dependency): dependencies[owner, default: []].append(dependency)
            case .conflict, .oneVersion: continue
            }
        }
        var next = 0
        while next < pending.count {
            let owner = pending[next]
            next += 1
            for dependency in dependencies[owner] ?? [] {
                for relation in dependency.alternatives {
                    for number in try pool.candidates(relation) { reach(number, .package(owner, dependency)) }
                }
            }
        }
        return wanters
    }

    private mutating func candidates(of request: Int) throws -> [Int] {
        let asked = self.request.packages[request]
        let found = try pool.candidates(asked, asked.version.flatMap { try? DebianVersion($0) })
        return found.isEmpty ? try pool.candidates(Relation(asked.name)) : found
    }

    private func chain(_ package: Int, _ wanters: [Int: Wanter]) -> [ResolutionFact] {
        var facts: [ResolutionFact] = []
        var number = package
        while let wanter = wanters[number], facts.count < Self.factLimit {
            let package = pool.packages[number]
            switch wanter {
            case .lower: return facts + [.lower(package)]
            case .essential: return facts + [.essential(package)]
            case .request(let asked): return facts + [.asked(package, asked)]
            case .package(let owner, let dependency):
                facts.append(.wanted(package, by: pool.packages[owner], dependency))
                number = owner
            }
        }
        return facts
    }
}

/// Who wants a package.
private enum Wanter {
    case lower
    case request(PackageRequest)
    case essential
    case package(Int, Dependency)
}
