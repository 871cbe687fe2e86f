internal import Inventory

/// The packages that a resolution has looked at so far, by number, and which of them may be chosen for what.
struct PackagePool {
    private let indexes: [PackageIndex]
    private let request: ResolutionRequest
    private(set) var packages: [DebianPackage] = []
    /// Whether a package is from a suite that is used only when asked for.
    private var isManual: [Bool] = []
    /// All versions of a name, as the indexes have them.
    private var listed: [String: [Int]] = [:]
    private var choices: [String: [Int]] = [:]
    private var answers: [Relation: [Int]] = [:]
    private var installedByName: [String: Int] = [:]
    /// Packages of manual suites that may be chosen though other suites have the name too.
    private var admitted = Set<Int>()

    init(_ indexes: [PackageIndex], _ request: ResolutionRequest) throws {
        self.indexes = indexes
        self.request = request
        for package in request.installed where installedByName[package.name] == nil {
            installedByName[package.name] = append(package, isManual: false)
        }
        try admitAsked()
    }

    /// The numbers of the packages of lower levels, in their order.
    var installed: [Int] { installedByName.values.sorted() }

    func isInstalled(_ number: Int) -> Bool { installedByName[packages[number].name] == number }

    private mutating func append(_ package: DebianPackage, isManual: Bool) -> Int {
        packages.append(package)
        self.isManual.append(isManual)
        return packages.count - 1
    }

    /// All versions of a name in the indexes, whether they may be chosen or not: highest first, manual suites last.
    mutating func all(_ name: String) throws -> [Int] {
        if let known = listed[name] { return known }
        var found: [Int] = []
        for index in indexes {
            for package in try index.packages(named: name) where fits(package) {
                found.append(append(package, isManual: index.priority == .manual))
            }
        }
        found.sort { left, right in
            if isManual[left] != isManual[right] { return isManual[right] }
            let (a, b) = (packages[left].version, packages[right].version)
            return a == b ? left < right : a > b
        }
        listed[name] = found
        return found
    }

    private func fits(_ package: DebianPackage) -> Bool {
        package.architecture == request.architecture || package.architecture == "all"
    }

    /// The versions of a name that may be chosen, the preferred one first.
    mutating func versions(_ name: String) throws -> [Int] {
        if let known = choices[name] { return known }
        let found: [Int]
        if let installed = installedByName[name] {
            found = [installed]
        } else if request.without.contains(name), !request.packages.contains(where: { $0.name == name }) {
            found = []
        } else {
            let all = try all(name)
            let isOnlyManual = all.allSatisfy { isManual[$0] }
            found = all.filter { !isManual[$0] || isOnlyManual || admitted.contains($0) }
        }
        choices[name] = found
        return found
    }

    /// What may be chosen for a relation, the preferred one first: the package of the name, then those that provide it,
    /// the more important and then the first by name first.
    mutating func candidates(_ relation: Relation) throws -> [Int] {
        if let known = answers[relation] { return known }
        let architecture = request.architecture
        var found = try versions(relation.name).filter {
            packages[$0].satisfies(relation, architecture: architecture)
        }
        found += try providers(relation, negative: false).filter { !found.contains($0) }
        answers[relation] = found
        return found
    }

    /// Everything that may be chosen and that a Conflicts or Breaks is about.
    mutating func targets(_ relation: Relation) throws -> [Int] {
        let architecture = request.architecture
        let named = try versions(relation.name).filter {
            packages[$0].satisfies(relation, architecture: architecture, negative: true)
        }
        return named + (try providers(relation, negative: true).filter { !named.contains($0) })
    }

    private mutating func providers(_ relation: Relation, negative: Bool) throws -> [Int] {
        var found: [Int] = []
        for name in try providerNames(relation.name) {
            found += try versions(name).filter {
                packages[$0].provides(relation, architecture: request.architecture, negative: negative)
            }
        }
        return found
    }

    /// The names of packages that provide a name.
    mutating func providerNames(_ name: String) throws -> [String] {
        var ranks: [String: Int] = [:]
        for index in indexes {
            for package in try index.providers(of: name) where fits(package) {
                ranks[package.name] = min(ranks[package.name] ?? Int.max, package.rank)
            }
        }
        for package in request.installed where package.provides.contains(where: { $0.name == name }) {
            ranks[package.name] = -1
        }
        return ranks.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    /// The versions that a request means.
    mutating func candidates(_ request: PackageRequest, _ version: DebianVersion?) throws -> [Int] {
        try versions(request.name).filter { number in
            let package = packages[number]
            return (version == nil || package.version == version)
                && (request.suite == nil || package.suite == request.suite || isInstalled(number))
        }
    }

    /// Packages of manual suites that a relation would be met by if they were asked for.
    mutating func unasked(_ relation: Relation) throws -> [Int] {
        let chosen = try versions(relation.name)
        return try all(relation.name).filter {
            isManual[$0] && !chosen.contains($0)
                && packages[$0].satisfies(relation, architecture: request.architecture)
        }
    }

    /// The names that come along as essential or required, by name.
    mutating func essentialNames() throws -> [String] {
        var names = Set<String>()
        for index in indexes where index.priority == .normal {
            for package in try index.essentialPackages() where fits(package) { names.insert(package.name) }
        }
        // A later version may not be essential any more.
        return try names.sorted().filter { name in
            guard let first = try versions(name).first else { return false }
            return packages[first].isEssential || packages[first].priority == "required"
        }
    }

    /// The indexes' names for a hint.
    func allNames() -> Set<String> { Set(indexes.flatMap { $0.names() }) }

    var suites: [String] {
        var seen = Set<String>()
        return indexes.map(\.suite).filter { seen.insert($0).inserted }
    }

    // MARK: Manual suites

    /// Admits packages of manual suites that are asked for, and from the same suite what they need and others lack.
    private mutating func admitAsked() throws {
        var pending: [Int] = []
        for asked in request.packages where asked.suite != nil || asked.version != nil {
            let version = asked.version.flatMap { try? DebianVersion($0) }
            for number in try all(asked.name) where isManual[number] {
                let package = packages[number]
                let hasSuite = asked.suite.map { $0 == package.suite } ?? true
                let hasVersion = asked.version == nil || version == package.version
                if hasSuite, hasVersion, admitted.insert(number).inserted { pending.append(number) }
            }
        }
        while let number = pending.popLast() {
            let owner = packages[number]
            for dependency in owner.preDepends + owner.depends {
                guard try !isMetAutomatically(dependency) else { continue }
                for relation in dependency.alternatives {
                    let own = try all(relation.name).filter {
                        isManual[$0] && packages[$0].suite == owner.suite
                            && packages[$0].satisfies(relation, architecture: request.architecture)
                    }
                    pending += own.filter { admitted.insert($0).inserted }
                    if !own.isEmpty { break }
                }
            }
        }
    }

    private mutating func isMetAutomatically(_ dependency: Dependency) throws -> Bool {
        let architecture = request.architecture
        for relation in dependency.alternatives {
            if let number = installedByName[relation.name],
                packages[number].satisfies(relation, architecture: architecture)
            {
                return true
            }
            for number in try all(relation.name)
            where !isManual[number] && packages[number].satisfies(relation, architecture: architecture) {
                return true
            }
            for index in indexes where index.priority == .normal {
                let providers = try index.providers(of: relation.name)
                if providers.contains(where: { fits($0) && $0.provides(relation, architecture: architecture) }) {
                    return true
                }
            }
        }
        return false
    }
}

extension DebianPackage {
    /// The more important the lower.
    fileprivate var rank: Int {
        if isEssential { return 0 }
        switch priority {
        case "required": return 1
        case "important": return 2
        case "standard": return 3
        case "optional": return 4
        default: return 5
        }
    }
}
