private import Archive
private import Core
internal import Debian
package import Layers

/// Puts the levels of a base together from packages and recipes without running anything and without unpacking anything:
/// the result is entries whose contents lie in the packages' uncompressed archives.
///
/// No /etc/ld.so.cache is made. Debian's loader searches `/lib/<triplet>`, `/usr/lib/<triplet>`, `/lib` and `/usr/lib` by
/// itself, which is where all libraries of packages are that a base without maintainer scripts can hold; directories that
/// packages name in /etc/ld.so.conf.d beyond these need `configure: true`, which runs ldconfig.
package struct BaseAssembler {
    /// Debian's name of it.
    package let architecture: String
    let merge: UsrMerge
    /// What the levels so far gave, lowest first.
    package internal(set) var layers: [LayerContents] = []
    /// What they came to.
    package private(set) var reports: [LevelReport] = []

    /// What later levels must know of the packages.
    var known = KnownPackages()
    var accounts = AccountFiles()
    var certificates = CertificateBundle()

    /// - Parameter mergesUsr: whether `/bin`, `/sbin` and `/lib*` are links into `/usr`; see ``UsrMerge/applies(to:)``.
    package init(architecture: String, mergesUsr: Bool = true) {
        self.architecture = architecture
        merge = UsrMerge(isMerged: mergesUsr)
    }

    /// Assembles one more level on top of those so far. It reads certificates and files of which two packages have each
    /// one, and nothing else of the contents.
    /// - Throws: ``AssemblyError``, ``RecipeError``, LayerError, SystemError; the assembler is then as it was before.
    package mutating func addLevel(_ level: BaseLevel) throws -> LayerContents {
        var known = known
        for package in level.packages {
            try checkArchitecture(package)
            try Diversions.check(package)
            try known.add(package)
        }
        let tree = FileTree(layers: layers)
        var builder = LevelBuilder(level, merge: merge, below: tree, known: known)
        try builder.placePackages()
        try builder.placeArchives()

        var certificates = certificates
        if try collect(into: &certificates, of: level.recipe, builder) {
            try builder.put(.file(CertificateBundle.path, bytes: certificates.bytes), what: "file")
        }
        var accounts = accounts
        try add(level.recipe, to: &accounts, &builder)
        try builder.placeRecipe()
        try builder.placeStatus()

        let (contents, report) = try builder.finish()
        self.known = builder.known
        self.certificates = certificates
        self.accounts = accounts
        layers.append(contents)
        reports.append(report)
        return contents
    }

    func checkArchitecture(_ package: DebPackage) throws(AssemblyError) {
        guard package.architecture == architecture || package.architecture == "all" else {
            throw .wrongArchitecture(
                package: package.name, architecture: package.architecture, wanted: architecture)
        }
    }

    /// Whether the level adds certificates to the bundle.
    private func collect(
        into bundle: inout CertificateBundle, of recipe: Recipe, _ builder: LevelBuilder
    ) throws -> Bool {
        for (path, content) in builder.certificates {
            let bytes = try content.open().readAll(limit: CertificateBundle.limit, what: path.absolute)
            bundle.add(bytes, at: path)
        }
        for file in recipe.certificates {
            let source = DescriptorSource(try file.open())
            let name = file.path.description
            try bundle.add(local: source.readAll(limit: CertificateBundle.limit, what: name), name: name)
        }
        return !builder.certificates.isEmpty || !recipe.certificates.isEmpty
    }

    private func add(_ recipe: Recipe, to accounts: inout AccountFiles, _ builder: inout LevelBuilder) throws {
        if recipe.users.isEmpty, recipe.groups.isEmpty { return }
        if accounts.isEmpty {
            for path in [AccountFiles.passwd, AccountFiles.group] {
                guard try builder.entry(at: path) == nil else {
                    throw AssemblyError.foreignAccounts(path: path.description)
                }
            }
        }
        for group in recipe.groups { try accounts.add(group) }
        for user in recipe.users { try accounts.add(user) }
        try builder.put(.file(AccountFiles.passwd, bytes: accounts.passwdBytes), what: "file")
        try builder.put(.file(AccountFiles.group, bytes: accounts.groupBytes), what: "file")
    }
}
