internal import Binaries
internal import Core
package import ImageAnalysis
internal import Layers
internal import OCI

/// Works out what a program needs of its image: what it was seen to use, what its files say they load, and what is
/// better copied whole.
package struct SlimPlanner {
    let image: AnalysedImage
    /// Layers that the user's own Dockerfile made.
    let ownLayers: Set<Int>
    private let user: SlimPlan.Owner?
    /// Whom it will run as; nil stays who it is.
    let newUser: SlimPlan.Owner?
    private let userName: String
    private var wanted: [BytePath: Wanted] = [:]
    private var listed: Set<BytePath> = []
    var written: Set<BytePath> = []
    private(set) var writtenFiles: Set<BytePath> = []
    private var remarks: [String] = []
    private var usesCertificates = false

    struct Wanted {
        var node: FileTree.Node
        var isProgram: Bool
        var isLibrary: Bool
        var isObserved: Bool
    }

    /// - Parameters:
    ///   - user: whom the program ran as while it was watched; nil may do anything.
    ///   - newUser: whom it will run as, if that is another one. What it writes to becomes theirs.
    ///   - userName: what USER will say; nil is what the image says.
    package init(
        _ image: AnalysedImage, user: SlimPlan.Owner? = nil, newUser: SlimPlan.Owner? = nil, userName: String? = nil
    ) {
        self.image = image
        self.user = user
        self.newUser = newUser
        self.userName = userName ?? image.config.config.user ?? ""
        ownLayers = Set(image.layers.indices.filter { image.layers[$0].cause.place != nil })
    }

    /// - Parameters:
    ///   - uses: what the observed runs asked for.
    ///   - verdicts: of the image's programs.
    package mutating func plan(_ uses: [RecordedUse], verdicts: [ProgramVerdict]) throws -> SlimPlan {
        for use in uses where !Self.isTheSandboxes(use.path) { try add(use) }
        for verdict in verdicts where verdict.isEntrypoint { try addProgram(verdict) }
        try addInterpreters()
        for verdict in verdicts where verdict.isEntrypoint { try addLibraries(verdict) }
        dropSecondNames()
        try dropSingleCertificates()
        var plan = SlimPlan()
        var collector = ItemCollector(planner: self)
        try collector.collect(wanted, listed: listed)
        plan.items = collector.items
        try addNeeds(&plan)
        plan.items = ItemCollector.tidied(plan.items)
        for (index, item) in plan.items.enumerated() where try needsOwner(item) { plan.items[index].owner = newUser }
        try addDirectories(&plan)
        plan.remarks = remarks + collector.remarks
        plan.hasShell = try image.tree.lookup("bin/sh")?.entry.isFile == true
        return plan
    }

    /// What a container's engine puts there itself.
    private static func isTheSandboxes(_ path: BytePath) -> Bool {
        let own: [BytePath] = ["proc", "sys", "dev", "etc/resolv.conf", "etc/hosts", "etc/hostname"]
        return path.isRoot || own.contains { path.isSameOrBelow($0) }
    }

    /// What Python keeps of sources that it compiled, where it may: it does without.
    private static func isCompiledScript(_ path: BytePath) -> Bool {
        path.components.contains { $0.elementsEqual("__pycache__".utf8) }
    }

    private mutating func add(_ use: RecordedUse) throws {
        let node = try? image.tree.lookup(use.path)
        if use.isWritten, !Self.isCompiledScript(use.path) {
            addWritten(use.path, node)
            writtenFiles.insert(use.path)
        }
        guard let node else { return }
        switch node.entry.kind {
        case .directory:
            if use.isListed { listed.insert(use.path) }
        case .file:
            // What is only made anew by the program need not be there before.
            guard use.isRead || use.isExecuted || use.isWritten else { return }
            add(use.path, node, isProgram: use.isExecuted, isObserved: true)
        default: return
        }
    }

    private mutating func add(_ path: BytePath, _ node: FileTree.Node, isProgram: Bool, isObserved: Bool) {
        let kind = image.facts(of: node)?.kind
        var entry = wanted[path] ?? Wanted(node: node, isProgram: false, isLibrary: false, isObserved: isObserved)
        entry.isProgram = entry.isProgram || isProgram
        entry.isLibrary = kind == .sharedLibrary || path == "etc/ld.so.cache" || Self.isLoader(path)
        wanted[path] = entry
    }

    private static func isLoader(_ path: BytePath) -> Bool {
        let name = path.name
        return name.starts(with: "ld-linux".utf8) || name.starts(with: "ld-musl".utf8)
            || name.elementsEqual("ld64.so.2".utf8)
    }

    /// The nearest directory that the image has, above what is written, where the user may write.
    private mutating func addWritten(_ path: BytePath, _ node: FileTree.Node?) {
        var directory = node?.entry.isDirectory == true ? path : path.parent
        while !directory.isRoot {
            if let entry = (try? image.tree.lookup(directory))?.entry, entry.isDirectory {
                if user.map({ mayWrite($0, entry) }) ?? true { written.insert(directory) }
                return
            }
            directory = directory.parent
        }
    }

    // MARK: - Programs

    private mutating func addProgram(_ verdict: ProgramVerdict) throws {
        if case .fails(let missing) = verdict.start {
            remarks.append("\(verdict.path.absolute): " + (missing.first.map(VerdictText.text) ?? "does not start"))
            return
        }
        guard let node = try image.tree.lookup(verdict.path), node.entry.isFile, !isWanted(node) else { return }
        add(verdict.path, node, isProgram: true, isObserved: false)
    }

    private func isWanted(_ node: FileTree.Node) -> Bool { wanted.values.contains { $0.node.path == node.path } }

    /// What the kernel opens itself, which no call tells of: loaders, and the programs that `#!` lines name.
    private mutating func addInterpreters() throws {
        var pending = wanted.filter(\.value.isProgram).map(\.value.node)
        while let program = pending.popLast() {
            let facts = image.facts(of: program)
            let isScript = facts?.binary == nil
            guard let name = facts?.binary?.interpreter ?? facts?.interpreter.first, name.hasPrefix("/") else {
                continue
            }
            let path = BytePath(cleaning: name)
            guard wanted[path] == nil, let node = try image.tree.lookup(path), node.entry.isFile else { continue }
            add(path, node, isProgram: isScript, isObserved: false)
            if isScript { pending.append(node) } else { wanted[path]?.isLibrary = true }
        }
    }

    /// What the loader takes, by the names under which it looks.
    private mutating func addLibraries(_ verdict: ProgramVerdict) throws {
        guard case .resolves(let libraries) = verdict.start else { return }
        for library in libraries {
            guard let node = try image.tree.lookup(library), !isWanted(node) else { continue }
            var path = library
            if let name = image.facts(of: node)?.binary?.soname, !name.contains("/"),
                try image.tree.lookup(library.parent.appending(name))?.path == node.path
            {
                path = library.parent.appending(name)
            }
            add(path, node, isProgram: false, isObserved: false)
        }
    }

    /// COPY gives what a link leads to under the link's name: where the link was used, nobody asks for its target.
    private mutating func dropSecondNames() {
        let linked = Set(wanted.filter { $0.key != $0.value.node.path }.map(\.value.node.path))
        for (path, value) in wanted where path == value.node.path && linked.contains(path) && !value.isProgram {
            wanted[path] = nil
        }
    }

    // MARK: - What programs need besides

    private func needs(_ need: BinaryFacts.Need) -> Bool {
        wanted.values.contains { $0.isProgram && image.facts(of: $0.node)?.binary?.needs.contains(need) == true }
    }

    private func isUsed(below directory: BytePath) -> Bool {
        wanted.keys.contains { $0.isSameOrBelow(directory) } || listed.contains { $0.isSameOrBelow(directory) }
    }

    private mutating func addNeeds(_ plan: inout SlimPlan) throws {
        try addCertificates(&plan)
        if needs(.timeZones) || isUsed(below: "usr/share/zoneinfo") {
            try addDirectory("usr/share/zoneinfo", .timeZones, &plan)
        }
        let isNamed = userName.split(separator: ":").contains { UInt32($0) == nil }
        if isNamed || needs(.users) {
            for path in ["etc/passwd", "etc/group"] as [BytePath] { try addFile(path, .accounts, &plan) }
        }
        if needs(.names) { try addFile("etc/nsswitch.conf", .hostNames, &plan) }
        for volume in image.config.config.volumes { written.insert(BytePath(cleaning: volume)) }
        if needs(.temporaryFiles), try image.tree.lookup("tmp")?.entry.isDirectory == true { written.insert("tmp") }
    }

    private static let certificatePlaces: [BytePath] = [
        "etc/ssl", "etc/pki", "usr/lib/ssl", "usr/share/ca-certificates", "usr/local/share/ca-certificates",
    ]
    private static let bundles: [BytePath] = [
        "etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/cert.pem",
    ]

    /// A file that has all certificate authorities of the image.
    private var bundle: BytePath? {
        Self.bundles.first { (try? image.tree.lookup($0))?.entry.isFile == true }
    }

    /// One file holds them all: those that were read one by one are left out.
    private mutating func dropSingleCertificates() throws {
        let libraries = ["libssl.", "libgnutls."]
        let talksTLS = wanted.values.contains { value in
            value.isLibrary && libraries.contains { value.node.path.name.starts(with: $0.utf8) }
        }
        guard let bundle, talksTLS || Self.certificatePlaces.contains(where: isUsed) else { return }
        usesCertificates = true
        for path in wanted.keys where path != bundle && Self.certificatePlaces.contains(where: path.isSameOrBelow) {
            if let node = wanted[path]?.node, image.facts(of: node)?.kind == .certificates { wanted[path] = nil }
        }
    }

    private mutating func addCertificates(_ plan: inout SlimPlan) throws {
        guard needs(.certificates) || usesCertificates else { return }
        guard let bundle else {
            if needs(.certificates) {
                remarks.append(
                    "the program talks TLS and the image has no certificates: install ca-certificates in the build stage"
                )
            }
            return
        }
        try addFile(bundle, .certificates, &plan)
        // OpenSSL of Debian looks there, and else for a file for each certificate.
        let usesOpenSSL = wanted.values.contains { $0.isLibrary && $0.node.path.name.starts(with: "libcrypto".utf8) }
        if usesOpenSSL, try image.tree.lookup("usr/lib/ssl")?.entry.isDirectory == true,
            try image.tree.lookup("usr/lib/ssl/cert.pem") == nil
        {
            try addFile(bundle, .certificates, &plan, destination: "usr/lib/ssl/cert.pem")
        }
    }

    private func addFile(
        _ path: BytePath, _ reason: SlimPlan.Reason, _ plan: inout SlimPlan, destination: BytePath? = nil
    ) throws {
        guard let node = try image.tree.lookup(path), node.entry.isFile else { return }
        if destination == nil {
            let known = plan.items.contains { $0.path == path && $0.isFromObservation }
            plan.items.removeAll { $0.path == path && $0.destination == nil }
            plan.items.append(
                SlimPlan.Item(
                    path: path, isDirectory: false, reason: reason, bytes: node.entry.size, files: 1,
                    isFromObservation: known))
        } else {
            plan.items.append(
                SlimPlan.Item(
                    path: path, isDirectory: false, reason: reason, destination: destination, bytes: node.entry.size,
                    files: 1, isFromObservation: false))
        }
    }

    private mutating func addDirectory(
        _ path: BytePath, _ reason: SlimPlan.Reason, _ plan: inout SlimPlan
    ) throws {
        guard try image.tree.lookup(path)?.entry.isDirectory == true else { return }
        let known = plan.items.contains { $0.path.isSameOrBelow(path) && $0.isFromObservation }
        plan.items.append(try ItemCollector.directory(path, reason, image.tree, isFromObservation: known))
    }
}
