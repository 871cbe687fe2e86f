package import Core
package import Inventory

/// Why packages can't be chosen.
package enum ResolutionError: DiagnosticConvertible {
    /// No index has the name, nor provides it.
    case unknownPackage(PackageRequest, suggestion: String?)
    case unknownSuite(PackageRequest, known: [String])
    case badVersion(PackageRequest, DebianVersionError)
    /// The name is there, the version or suite that is asked for is not. `lower` is the package of a lower level.
    case noSuchVersion(PackageRequest, available: [DebianPackage], lower: DebianPackage?)
    /// Several packages provide the name, none has it.
    case virtualPackage(PackageRequest, providers: [String])
    /// What is asked for can't be had together: the facts that contradict each other, the telling ones first.
    case unsatisfiable([ResolutionFact])
    /// The search was given up.
    case tooHard([PackageRequest])

    package var diagnostic: Diagnostic {
        switch self {
        case .unknownPackage(let asked, let suggestion):
            return Diagnostic(
                code: "debian.unknown-package", "there is no package '\(asked.name)'", at: asked.span,
                hint: suggestion.map { "did you mean '\($0)'?" }
                    ?? "see that the recipe's suites and components have it")
        case .unknownSuite(let asked, let known):
            let suite = asked.suite ?? ""
            return Diagnostic(
                code: "debian.unknown-suite", "'\(asked.name)' is asked for from '\(suite)', which is not in use",
                at: asked.span,
                hint: Suggestion.hint(for: suite, in: known)
                    ?? "add it to 'suites'; in use are \(known.joined(separator: ", "))")
        case .badVersion(let asked, let error):
            return Diagnostic(
                code: "debian.version", error.diagnostic.message, at: asked.span, hint: error.diagnostic.hint)
        case .noSuchVersion(let asked, let available, let lower):
            let wanted = (asked.version.map { "=\($0)" } ?? "") + (asked.suite.map { "/\($0)" } ?? "")
            var seen: Set<String> = []
            let texts = available.map { "\($0.version) (\($0.suite))" }.filter { seen.insert($0).inserted }
            let others = texts.prefix(5).joined(separator: ", ")
            return Diagnostic(
                code: "debian.unknown-version", "there is no \(asked.name)\(wanted) to be had", at: asked.span,
                causes: lower.map { ["a lower level has \($0), which stays as it is"] } ?? [],
                hint: "there is \(asked.name) \(others)")
        case .virtualPackage(let asked, let providers):
            let shown = providers.prefix(10).joined(separator: ", ") + (providers.count > 10 ? ", …" : "")
            return Diagnostic(
                code: "debian.virtual-package", "'\(asked.name)' is no package, others provide it", at: asked.span,
                hint: "ask for one of \(shown)")
        case .unsatisfiable(let facts):
            return Diagnostic(
                code: "debian.unsatisfiable", facts.first?.text ?? "the packages can't be had together",
                at: facts.lazy.compactMap(\.span).first, causes: facts.dropFirst().map(\.text),
                hint: facts.lazy.compactMap(\.hint).first)
        case .tooHard(let asked):
            return Diagnostic(
                code: "debian.too-hard", "no choice of packages was found in reasonable time",
                at: asked.lazy.compactMap(\.span).first,
                hint: "ask for versions or providers by name where packages have several")
        }
    }
}

/// Something that stands in the way of a choice of packages, or says why a package is wanted.
package enum ResolutionFact: Sendable, Hashable {
    /// Nothing meets a dependency. `available` are other versions; `unasked` would do, but is in suites that must be
    /// asked for.
    case needs(DebianPackage, Dependency, available: [DebianPackage], unasked: [DebianPackage])
    case conflicts(DebianPackage, Relation, with: DebianPackage, isBreaks: Bool)
    /// Two versions are wanted.
    case oneVersion(DebianPackage, DebianPackage)
    case wanted(DebianPackage, by: DebianPackage, Dependency)
    case asked(DebianPackage, PackageRequest)
    case essential(DebianPackage)
    case lower(DebianPackage)

    package var text: String {
        switch self {
        case .needs(let package, let dependency, let available, _):
            let shown = available.prefix(4).map(\.description).joined(separator: ", ")
            let offer = available.isEmpty ? "which no suite has" : "the suite has \(shown)"
            return "\(package.name) needs \(dependency), \(offer)"
        case .conflicts(let package, let relation, let other, let isBreaks):
            let isNamed = relation.name == other.name
            let subject = isNamed ? "\(relation)" : "\(relation), which \(other.name) provides"
            let verb = isBreaks ? "breaks" : "conflicts with"
            return "\(package.name) \(package.version) \(verb) \(subject); \(other) would be there"
        case .oneVersion(let first, let second):
            return "\(first.name) is wanted as \(first.version) and as \(second.version)"
        case .wanted(let package, let owner, let dependency):
            return "\(package.name) is wanted by \(owner.name) \(owner.version), which needs \(dependency)"
        case .asked(let package, let request):
            let version = request.version.map { "=\($0)" } ?? ""
            let suite = request.suite.map { "/\($0)" } ?? ""
            let provider = package.name == request.name ? "" : ", which \(package.name) provides"
            return "\(request.name)\(version)\(suite) is asked for\(provider)"
        case .essential(let package): return "\(package.name) is essential"
        case .lower(let package): return "\(package) is there from a lower level"
        }
    }

    /// The recipe's place, where the fact has one.
    var span: SourceSpan? {
        guard case .asked(_, let request) = self else { return nil }
        return request.span
    }

    var hint: String? {
        switch self {
        case .needs(_, _, _, let unasked):
            unasked.first.map { "\($0.suite) has \($0.name) \($0.version): ask for '\($0.name)/\($0.suite)'" }
        default: nil
        }
    }
}
