// https://manpages.debian.org/bookworm/dpkg-dev/deb-control.5.en.html, https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html
// https://github.com/GoogleContainerTools/distroless: one file a package in status.d, lists of sums beside them
internal import Core
internal import Inventory

/// Reads what dpkg knows of its packages.
enum DebianCataloger {
    static func run(_ survey: inout Survey<some CatalogTree>) throws {
        var files = try Files(&survey)
        for path in survey.paths(.dpkgStatus) {
            guard let content = try survey.content(path) else { continue }
            for stanza in Stanza.read(content) { try add(stanza, from: path, &files, &survey) }
        }
        for path in survey.paths(.dpkgPart) {
            guard let content = try survey.content(path) else { continue }
            let stanzas = Stanza.read(content)
            if stanzas.isEmpty { survey.note(path, "names no package") }
            for stanza in stanzas { try add(stanza, from: path, &files, &survey) }
        }
    }

    private static func add(
        _ stanza: Stanza, from evidence: BytePath, _ files: inout Files, _ survey: inout Survey<some CatalogTree>
    ) throws {
        guard stanza.isInstalled else { return }
        guard !stanza.version.isEmpty else {
            return survey.note(evidence, "the package \(stanza.name) has no version")
        }
        var component = Component(
            .deb, namespace: survey.distribution.id ?? "debian", name: stanza.name, version: stanza.version,
            source: stanza.builtFrom)
        if !stanza.architecture.isEmpty { component.qualifiers["arch"] = stanza.architecture }
        component.qualifiers["distro"] = survey.distribution.qualifier
        component.licenses = try files.licenses(of: stanza, survey)
        let list = try files.of(stanza, evidence: evidence, &survey)
        survey.add(InstalledPackage(component, evidence: evidence, files: list))
    }
}

// MARK: - Stanzas

extension DebianCataloger {
    /// The fields of one package that matter here.
    struct Stanza: Hashable {
        var name = ""
        var version = ""
        var architecture = ""
        var source = ""
        /// Three words: what is wanted, whether it is broken, and what is there.
        var status: String?

        /// Whether files of it are there. Without a status, as in images without dpkg, they are.
        var isInstalled: Bool {
            guard let status else { return true }
            let state = status.split(separator: " ").last
            return state != nil && state != "not-installed" && state != "config-files"
        }

        /// The source package, where its name or version differs: `NAME` or `NAME (VERSION)`.
        var builtFrom: Component.Source? {
            guard let name = source.split(separator: " ").first.map(String.init) else { return nil }
            var version = version
            if let open = source.firstIndex(of: "("), let close = source[open...].firstIndex(of: ")") {
                version = String(source[source.index(after: open)..<close])
            }
            return name == self.name && version == self.version ? nil : .init(name: name, version: version)
        }

        /// Reads the stanzas of a text that have a name.
        static func read(_ content: [UInt8]) -> [Stanza] {
            var stanzas: [Stanza] = []
            var stanza = Stanza()
            func finish() {
                if !stanza.name.isEmpty { stanzas.append(stanza) }
                stanza = Stanza()
            }
            for line in Lines(content) {
                if line.isEmpty {
                    finish()
                } else if let value = line.value(after: "Package:") {
                    stanza.name = value
                } else if let value = line.value(after: "Version:") {
                    stanza.version = value
                } else if let value = line.value(after: "Architecture:") {
                    stanza.architecture = value
                } else if let value = line.value(after: "Source:") {
                    stanza.source = value
                } else if let value = line.value(after: "Status:") {
                    stanza.status = value
                }
            }
            finish()
            return stanzas
        }
    }
}

// MARK: - Files

extension DebianCataloger {
    /// Which lists of files there are, and which files lie elsewhere than their package put them.
    struct Files {
        /// Each is read once, however often a package is named.
        private var lists: Set<BytePath>
        private var licenses: [String: [String]] = [:]
        private var diversions: [BytePath: (target: BytePath, by: String)] = [:]

        init(_ survey: inout Survey<some CatalogTree>) throws {
            lists = Set(survey.paths(.dpkgList) + survey.paths(.dpkgSums))
            // Three lines each: from, to, and the package that has the right to the first; `:` for a local choice.
            for path in survey.paths(.dpkgDiversions) {
                let lines = try Array(Lines(survey.content(path) ?? []))
                for index in stride(from: 0, to: lines.count - 2, by: 3) {
                    diversions[BytePath(cleaning: lines[index])] = (
                        BytePath(cleaning: lines[index + 1]), lines[index + 2].text
                    )
                }
            }
        }

        mutating func licenses(
            of stanza: Stanza, _ survey: borrowing Survey<some CatalogTree>
        ) throws -> [String] {
            if let known = licenses[stanza.name] { return known }
            let copyright = BytePath("usr/share/doc").appending(Array(stanza.name.utf8))
                .appending("copyright" as BytePath)
            guard Evidence.of(copyright) == .debianCopyright else { return [] }
            let found = try survey.tree.content(copyright).map { DebianCopyright.licenses($0) } ?? []
            licenses[stanza.name] = found
            return found
        }

        /// The files of a package that the tree has, in byte order.
        mutating func of(
            _ stanza: Stanza, evidence: BytePath, _ survey: inout Survey<some CatalogTree>
        ) throws -> [BytePath] {
            let info = BytePath("var/lib/dpkg/info")
            let names = [stanza.name + ":" + stanza.architecture + ".list", stanza.name + ".list"]
            var named: [BytePath] = []
            if let list = names.map({ info.appending(Array($0.utf8)) }).first(where: lists.contains) {
                lists.remove(list)
                for line in Lines(try survey.content(list) ?? []) { named.append(BytePath(cleaning: line)) }
                named.append(list)
            }
            let sums = BytePath(normalized: evidence.bytes + Array(".md5sums".utf8))
            if lists.remove(sums) != nil {
                // The sum in 32 digits, two blanks, the path.
                for line in Lines(try survey.content(sums) ?? []) where line.count > 34 {
                    named.append(BytePath(cleaning: line.dropFirst(34)))
                }
                named += [evidence, sums]
            }
            var found: Set<BytePath> = []
            for path in named where !path.isRoot {
                var path = path
                if let diversion = diversions[path], diversion.by != stanza.name { path = diversion.target }
                if let file = survey.file(path) { found.insert(file) }
            }
            return found.sorted()
        }
    }
}
