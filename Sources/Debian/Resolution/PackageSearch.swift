internal import Core
internal import Inventory

/// One run of the resolver: puts what is asked for and what packages say of each other into clauses, and decides.
///
/// A package's relations become clauses when it is first taken, so only what matters is ever looked up.
struct PackageSearch {
    /// Where a clause comes from.
    enum Origin {
        case installed(Int)
        case request(Int)
        case essential(String)
        case dependency(owner: Int, Dependency)
        case conflict(owner: Int, Relation, other: Int, isBreaks: Bool)
        case oneVersion(Int, Int)
    }

    /// Something of which one candidate must be taken.
    struct Requirement {
        /// The package that needs it; nil for what is asked for.
        var owner: Int?
        /// In the order of preference.
        var candidates: [Int]
        var isPreDependency = false
    }

    let request: ResolutionRequest
    var pool: PackagePool
    var solver = ClauseSolver()
    /// By clause; nothing for learned ones.
    var origins: [Int: Origin] = [:]
    private var requirements: [Requirement] = []
    private var recommendations: [Requirement] = []
    /// For each package that was ever taken: its requirements, by number.
    private var requirementsOfPackage: [Int: [Int]] = [:]
    private var encodedCount = 0
    private var conflicts = 0

    init(_ indexes: [PackageIndex], _ request: ResolutionRequest) throws {
        self.request = request
        pool = try PackagePool(indexes, request)
    }

    // MARK: Search

    mutating func run() throws {
        if let conflict = try encodeRoots() { throw try explain(conflict) }
        while true {
            if let conflict = try propagate() {
                conflicts += 1
                guard conflicts <= PackageResolver.conflictLimit else {
                    throw ResolutionError.tooHard(request.packages)
                }
                guard solver.learn(from: conflict) else { throw try explain(conflict) }
                encodedCount = min(encodedCount, solver.trail.count)
            } else if let next = nextChoice(requirements) ?? nextChoice(recommendations) {
                solver.decide(.take(next))
            } else {
                return
            }
        }
    }

    /// The preferred candidate of the first requirement that nothing meets yet.
    private func nextChoice(_ requirements: [Requirement]) -> Int? {
        for requirement in requirements {
            if let owner = requirement.owner, !solver.holds(.take(owner)) { continue }
            if requirement.candidates.contains(where: { solver.holds(.take($0)) }) { continue }
            if let open = requirement.candidates.first(where: { solver.isOpen(.take($0)) }) { return open }
        }
        return nil
    }

    /// Draws conclusions and adds the relations of packages that were taken, until nothing new comes of it.
    private mutating func propagate() throws -> Int? {
        while true {
            if let conflict = solver.propagate() { return conflict }
            guard encodedCount < solver.trail.count else { return nil }
            let literal = solver.trail[encodedCount]
            encodedCount += 1
            guard literal.isTaken, requirementsOfPackage[literal.variable] == nil else { continue }
            if let conflict = try encode(literal.variable) { return conflict }
        }
    }

    /// The chosen packages in the order in which they can be configured.
    func result() -> [DebianPackage] {
        let taken = solver.trail.filter(\.isTaken).map(\.variable)
        let chosen = taken.filter { !pool.isInstalled($0) }
        var needs: [Int: [InstallOrder.Need]] = [:]
        for number in chosen {
            needs[number] = (requirementsOfPackage[number] ?? []).compactMap { index in
                let requirement = requirements[index]
                let met = requirement.candidates.filter { solver.holds(.take($0)) }
                guard let first = met.first, !met.contains(where: pool.isInstalled) else { return nil }
                return InstallOrder.Need(package: first, isPreDependency: requirement.isPreDependency)
            }
        }
        let packages = pool.packages
        let sorted = chosen.sorted { left, right in
            let (a, b) = (packages[left], packages[right])
            return a.isEssential != b.isEssential ? a.isEssential : a.name < b.name
        }
        return InstallOrder(needs).order(sorted).map { packages[$0] }
    }

    // MARK: Clauses

    /// Adds a clause. Gives its number when it can't hold.
    private mutating func add(_ literals: [Literal], _ origin: Origin) -> Int? {
        addVariables()
        let (clause, isConflict) = solver.add(literals)
        origins[clause] = origin
        return isConflict ? clause : nil
    }

    /// A variable for each package that the pool has, with the same number.
    private mutating func addVariables() {
        while solver.variableCount < pool.packages.count { solver.addVariable() }
    }

    private mutating func encodeRoots() throws -> Int? {
        let asked = try RequestReader.read(request, &pool)
        var conflict: Int?
        for number in pool.installed {
            conflict = add([.take(number)], .installed(number)) ?? conflict
        }
        for (index, candidates) in asked.enumerated() {
            requirements.append(Requirement(owner: nil, candidates: candidates))
            conflict = conflict ?? add(candidates.map(Literal.take), .request(index))
        }
        guard request.essential else { return conflict }
        for name in try pool.essentialNames() {
            let candidates = try pool.versions(name)
            requirements.append(Requirement(owner: nil, candidates: candidates))
            conflict = conflict ?? add(candidates.map(Literal.take), .essential(name))
        }
        return conflict
    }

    /// Adds what a package that was just taken says of others. Gives the first clause that can't hold.
    private mutating func encode(_ number: Int) throws -> Int? {
        let package = pool.packages[number]
        var conflict: Int?
        var own: [Int] = []
        for other in try pool.versions(package.name) where other != number {
            let clause = add([.leave(number), .leave(other)], .oneVersion(number, other))
            conflict = conflict ?? clause
        }
        for relation in package.conflicts {
            let clause = try exclude(number, relation, isBreaks: false)
            conflict = conflict ?? clause
        }
        for relation in package.breaks {
            let clause = try exclude(number, relation, isBreaks: true)
            conflict = conflict ?? clause
        }
        // What lower levels need they have, or do without.
        if !pool.isInstalled(number) {
            let preDepends = package.preDepends.map { ($0, true) }
            for (dependency, isPreDependency) in preDepends + package.depends.map({ ($0, false) }) {
                guard let candidates = try candidates(dependency, of: number) else { continue }
                own.append(requirements.count)
                requirements.append(
                    Requirement(owner: number, candidates: candidates, isPreDependency: isPreDependency))
                let clause = add(
                    [.leave(number)] + candidates.map(Literal.take), .dependency(owner: number, dependency))
                conflict = conflict ?? clause
            }
            if request.recommends { try recommend(package.recommends, by: number) }
        }
        requirementsOfPackage[number] = own
        return conflict
    }

    private mutating func recommend(_ dependencies: [Dependency], by number: Int) throws {
        for dependency in dependencies {
            guard let candidates = try candidates(dependency, of: number), !candidates.isEmpty else { continue }
            addVariables()
            recommendations.append(Requirement(owner: number, candidates: candidates))
        }
    }

    /// What may meet a dependency; nil when nothing has to, as the level does without it or the package meets it
    /// itself.
    private mutating func candidates(_ dependency: Dependency, of owner: Int) throws -> [Int]? {
        if dependency.alternatives.contains(where: { request.without.contains($0.name) }) { return nil }
        var found: [Int] = []
        var seen = Set<Int>()
        for relation in dependency.alternatives {
            found += try pool.candidates(relation).filter { seen.insert($0).inserted }
        }
        return seen.contains(owner) ? nil : found
    }

    /// A package may conflict with what it provides itself; other versions of it are excluded anyway.
    private mutating func exclude(_ number: Int, _ relation: Relation, isBreaks: Bool) throws -> Int? {
        var conflict: Int?
        let name = pool.packages[number].name
        for other in try pool.targets(relation) where pool.packages[other].name != name {
            let origin = Origin.conflict(owner: number, relation, other: other, isBreaks: isBreaks)
            let clause = add([.leave(number), .leave(other)], origin)
            conflict = conflict ?? clause
        }
        return conflict
    }
}
