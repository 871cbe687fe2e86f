// glibc's elf/dl-load.c and elf/dl-version.c; musl's ldso/dynlink.c
internal import Binaries
internal import Core
internal import Layers

/// Loads a program as its loader would, by looking alone: which files it takes, and what it does not find.
struct Loader {
    struct Result {
        /// The loader, then the libraries in the order in which they are loaded.
        var libraries: [BytePath] = []
        var missing: [ProgramVerdict.Missing] = []
    }

    /// Libraries one program may load; real ones have some hundred at most.
    private static let libraryLimit = 4096

    /// A file that was loaded, or the program itself.
    private struct Module {
        /// After links.
        var path: BytePath
        /// Where it thinks it lies: where it was found, links in the name or not.
        var origin: BytePath
        var facts: BinaryFacts
        /// Whether its content was looked at.
        var isKnown = true
        /// Where it looks for what it needs, and where what it loads looks too, and so on.
        var inherited: [BytePath] = []
        /// Where it looks, and no other.
        var own: [BytePath] = []
        /// The next module towards the program that has such directories.
        var next: Int?
    }

    private let tree: LinkTree
    private let program: LinkTree.File
    private let directories: LoaderDirectories
    private let bits: Int
    private let architecture: String
    private let libraryPath: [String]
    private let workingDirectory: BytePath
    private let budget: LinkBudget

    private var modules: [Module] = []
    /// Modules by the names under which they are known.
    private var names: [String: Int] = [:]
    private var identities: [LinkTree.Identity: Int] = [:]
    private var absent: Set<String> = []
    private var result = Result()

    /// - Parameters:
    ///   - loader: what the program's interpreter is.
    ///   - libraryPath: LD_LIBRARY_PATH.
    private init(
        _ program: LinkTree.File, _ facts: BinaryFacts, loader: LinkTree.File, interpreter: String,
        _ tree: LinkTree, _ environment: ProcessEnvironment, _ budget: LinkBudget
    ) {
        self.tree = tree
        self.program = program
        self.budget = budget
        bits = facts.bits
        architecture = facts.architecture
        directories = LoaderDirectories(name: interpreter, loader: loader, architecture: facts.architecture, tree)
        workingDirectory = environment.workingDirectory
        // Programs that run with more rights than their user are protected from it.
        let isProtected = program.entry.mode & 0o4000 != 0 && tree.user.uid != nil && tree.user.uid != program.entry.uid
        libraryPath = isProtected ? [] : environment.libraryPath
        modules = [Module(path: program.path, origin: program.path.parent, facts: facts)]
        let own = String(decoding: loader.path.name, as: UTF8.self)
        modules.append(
            Module(
                path: loader.path, origin: loader.path.parent,
                facts: loader.facts?.binary
                    ?? BinaryFacts(
                        kind: .sharedLibrary, bits: facts.bits, isLittleEndian: facts.isLittleEndian,
                        architecture: facts.architecture, isDynamic: true),
                isKnown: loader.facts?.binary != nil))
        result.libraries.append(loader.path)
        identities[loader.identity] = 1
        for name in [
            own, interpreter, interpreter.split(separator: "/").last.map(String.init), modules[1].facts.soname,
        ] {
            if let name { names[name] = 1 }
        }
    }

    /// - Returns: what was loaded, and all that was not found.
    /// - Throws: ``LinkBudget/Exhausted`` when the search takes too long.
    static func load(
        _ program: LinkTree.File, _ facts: BinaryFacts, loader: LinkTree.File, interpreter: String,
        _ tree: LinkTree, _ environment: ProcessEnvironment, _ budget: LinkBudget
    ) throws(LinkBudget.Exhausted) -> Result {
        var loading = Loader(
            program, facts, loader: loader, interpreter: interpreter, tree, environment, budget)
        try loading.run()
        return loading.result
    }

    private mutating func run() throws(LinkBudget.Exhausted) {
        try setDirectories(of: 0, parent: nil)
        var next = 0
        while next < modules.count {
            var told: Set<String> = []
            for name in modules[next].facts.needed where told.insert(name).inserted {
                try load(name, for: next)
            }
            next += 1
        }
        if directories.flavour == .glibc { checkVersions() }
    }

    private mutating func load(_ name: String, for parent: Int) throws(LinkBudget.Exhausted) {
        // What one module missed is told once.
        if names[name] != nil || absent.contains(name) { return }
        if directories.flavour == .musl, Self.isPartOfMusl(name) {
            names[name] = 1
            return
        }
        guard modules.count < Self.libraryLimit else { throw LinkBudget.Exhausted() }
        guard case .library(let path, let file, let facts) = try find(name, for: parent) else {
            result.missing.append(.library(name, neededBy: modules[parent].path))
            absent.insert(name)
            return
        }
        if let known = identities[file.identity] {
            names[name] = known
            return
        }
        let index = modules.count
        modules.append(
            Module(
                path: file.path, origin: path.parent, facts: facts, isKnown: file.facts?.binary != nil))
        try setDirectories(of: index, parent: parent)
        result.libraries.append(file.path)
        identities[file.identity] = index
        names[name] = index
        if directories.flavour == .glibc, let soname = facts.soname, names[soname] == nil { names[soname] = index }
    }

    /// musl is one file; what other C libraries keep beside theirs is answered by it.
    private static func isPartOfMusl(_ name: String) -> Bool {
        ["c", "pthread", "rt", "m", "dl", "util", "xnet"].contains { name.hasPrefix("lib\($0).") }
    }

    // MARK: - Search

    /// What lies at a path, as far as a loader is concerned.
    private enum Candidate {
        /// Nothing that it would take; it looks on.
        case none
        case library(BytePath, LinkTree.File, BinaryFacts)
        /// A file that makes it give up.
        case damaged
    }

    /// Works out where a module looks: RPATH is for all that it loads, RUNPATH for what it needs itself, and who has
    /// RUNPATH has no RPATH. musl makes no difference between them.
    private mutating func setDirectories(of index: Int, parent: Int?) throws(LinkBudget.Exhausted) {
        let facts = modules[index].facts
        let isMusl = directories.flavour == .musl
        var (inherited, own) = facts.runpath.isEmpty ? (facts.rpath, []) : ([], facts.runpath)
        if isMusl, inherited.isEmpty { swap(&inherited, &own) }
        for text in inherited {
            try budget.spend()
            if let path = expand(text, for: index) { modules[index].inherited.append(path) }
        }
        for text in own {
            try budget.spend()
            if let path = expand(text, for: index) { modules[index].own.append(path) }
        }
        modules[index].next = parent.flatMap { modules[$0].inherited.isEmpty ? modules[$0].next : $0 }
    }

    private func find(_ name: String, for parent: Int) throws(LinkBudget.Exhausted) -> Candidate {
        guard !name.isEmpty else { return .none }
        if name.utf8.contains(UInt8(ascii: "/")) {
            guard let path = expand(name, for: parent) else { return .none }
            return try candidate(path)
        }
        let environment = libraryPath.compactMap { expand($0, for: 0) }
        if directories.flavour == .musl {
            var found = try search(environment, name)
            if case .none = found { found = try searchInherited(name, from: parent) }
            if case .none = found { found = try search(directories.directories, name) }
            return found
        }
        var found = Candidate.none
        if modules[parent].own.isEmpty { found = try searchInherited(name, from: parent) }
        if case .none = found { found = try search(environment, name) }
        if case .none = found { found = try search(modules[parent].own, name) }
        for path in directories.cache[name] ?? [] {
            guard case .none = found else { break }
            found = try candidate(path)
        }
        if case .none = found { found = try search(directories.directories, name) }
        return found
    }

    /// Looks where a module, who loaded it, and so on up to the program, say.
    private func searchInherited(_ name: String, from module: Int) throws(LinkBudget.Exhausted) -> Candidate {
        var next: Int? = module
        while let module = next {
            let found = try search(modules[module].inherited, name)
            guard case .none = found else { return found }
            next = modules[module].next
        }
        return .none
    }

    /// Looks in directories, and in those below them for newer processors.
    private func search(_ list: [BytePath], _ name: String) throws(LinkBudget.Exhausted) -> Candidate {
        for directory in list {
            try budget.spend()
            guard tree.directory(directory) != nil else { continue }
            let found = try candidate(directory.appending(name))
            guard case .none = found, directories.flavour == .glibc else {
                if case .none = found { continue }
                return found
            }
            let better = directory.appending("glibc-hwcaps")
            for level in Self.levels[architecture] ?? [] where tree.directory(better) != nil {
                let found = try candidate(better.appending("\(level)/\(name)"))
                guard case .none = found else { return found }
            }
        }
        return .none
    }

    /// A directory or file of RPATH and its like, `$ORIGIN`, `$LIB` and `$PLATFORM` put in.
    private func expand(_ text: String, for module: Int) -> BytePath? {
        var out = text
        if text.utf8.contains(UInt8(ascii: "$")) {
            let values = [
                "ORIGIN": modules[module].origin.absolute, "LIB": directories.libraryToken,
                "PLATFORM": architecture == "amd64" ? "x86_64" : architecture == "arm64" ? "aarch64" : architecture,
            ]
            guard let expanded = LoaderTokens.expand(text, values) else { return nil }
            out = expanded
        }
        return workingDirectory.joined(out)
    }

    /// What nearly all processors of today are; a library that exists for newer ones alone counts as missing.
    private static let levels = ["amd64": ["x86-64-v2"], "ppc64le": ["power9"], "s390x": ["z13"]]

    /// A library that can be read and is made for the program's machine; those for others are passed over.
    private func candidate(_ path: BytePath) throws(LinkBudget.Exhausted) -> Candidate {
        try budget.spend()
        guard let file = tree.file(path), tree.canRead(file) else { return .none }
        guard let facts = file.facts?.binary else {
            // What was too large to be looked at is taken for what it is called.
            return file.facts.map { $0.kind == .sharedLibrary || $0.kind == .program } ?? true
                ? .library(path, file, unknownLibrary) : .damaged
        }
        if facts.bits != bits || facts.architecture != architecture { return .none }
        return facts.kind == .object || facts.kind == .core ? .damaged : .library(path, file, facts)
    }

    private var unknownLibrary: BinaryFacts {
        BinaryFacts(
            kind: .sharedLibrary, bits: bits, isLittleEndian: modules[0].facts.isLittleEndian,
            architecture: architecture, isDynamic: true)
    }

    // MARK: - Versions

    /// Every version that a module wants must be one that the library offers. A library that offers none is taken as it
    /// is, with a warning, when its symbols have versions of others' all the same; one whose symbols have none makes the
    /// loader give up.
    private mutating func checkVersions() {
        var definitions: [Int: Set<String>] = [:]
        for module in modules {
            for need in module.facts.versionNeeds {
                guard let library = names[need.library], library > 0 else { continue }
                let offered = definitions[library] ?? Set(modules[library].facts.versionDefinitions)
                definitions[library] = offered
                if offered.isEmpty, !modules[library].facts.versionNeeds.isEmpty || !modules[library].isKnown {
                    continue
                }
                for version in need.versions where !offered.contains(version) {
                    result.missing.append(
                        .version(version, library: modules[library].path, neededBy: module.path))
                }
            }
        }
    }
}
