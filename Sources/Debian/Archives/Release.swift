// https://wiki.debian.org/DebianRepository/Format#A.22Release.22_files
import Core

/// What a suite's signed `Release` says: what the suite is, how long it holds, and the digests of its indexes.
package struct Release: Sendable {
    /// Where it comes from.
    package let source: ArchiveSource
    package let origin: String?
    package let label: String?
    package let suite: String?
    package let codename: String?
    package let version: String?
    /// Seconds since 1970.
    package let date: Int64
    /// Seconds since 1970; nil holds for ever.
    package let validUntil: Int64?
    package let components: [String]
    package let architectures: [String]
    /// Whether indexes can be had under the names of their digests too, which a change of the archive leaves in place.
    package let hasByHash: Bool
    /// Whether packages are taken from here only when asked for, as from backports.
    package let isNotAutomatic: Bool
    /// Whether the indexes of an architecture hold the packages for all architectures too.
    package let mergesArchitectureAll: Bool
    /// Files by their path below the suite's directory.
    let files: [String: File]

    struct File: Hashable {
        var digest: Digest
        var size: Int64
    }

    /// The latest that a release may be dated after now, in seconds: clocks differ.
    private static let tolerance: Int64 = 86400

    /// Reads the signed text.
    /// - Throws: ``DebianArchiveError/malformedRelease(_:detail:)`` and ``DebianArchiveError/noDigests(_:)``.
    package init(parsing text: [UInt8], source: ArchiveSource) throws(DebianArchiveError) {
        let name = source.suite
        let control: Control
        do throws(ControlError) { control = try Control(parsing: text) } catch {
            throw .malformedRelease(name, detail: error.diagnostic.message)
        }
        self.source = source
        origin = control["Origin"]
        label = control["Label"]
        suite = control["Suite"]
        codename = control["Codename"]
        version = control["Version"]
        guard let date = control["Date"].flatMap(ArchiveDate.release) else {
            throw .malformedRelease(name, detail: "it has no valid Date")
        }
        self.date = date
        validUntil = try control["Valid-Until"].map { text throws(DebianArchiveError) in
            guard let time = ArchiveDate.release(text) else {
                throw .malformedRelease(name, detail: "it has no valid Valid-Until")
            }
            return time
        }
        components = Self.words(control["Components"])
        architectures = Self.words(control["Architectures"])
        hasByHash = control["Acquire-By-Hash"]?.lowercased() == "yes"
        isNotAutomatic = control["NotAutomatic"]?.lowercased() == "yes"
        mergesArchitectureAll =
            !architectures.contains("all")
            || Self.words(control["No-Support-for-Architecture-all"]).contains("Packages")
        guard let digests = control["SHA256"] else { throw .noDigests(name) }
        files = try Self.files(digests, name)
    }

    private static func words(_ text: String?) -> [String] {
        (text ?? "").split { $0 == " " || $0 == "\n" || $0 == "\t" }.map(String.init)
    }

    /// Lines of digest, size and path. Of a path that comes twice both must say the same.
    private static func files(_ text: String, _ name: String) throws(DebianArchiveError) -> [String: File] {
        var out: [String: File] = [:]
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            if words.isEmpty { continue }
            guard words.count == 3, let digest = Digest(hex: Substring(words[0])),
                let size = Int64(Substring(words[1])),
                size >= 0
            else { throw .malformedRelease(name, detail: "a line of its SHA256 field is wrong") }
            let path = String(Substring(words[2]))
            let file = File(digest: digest, size: size)
            if let other = out.updateValue(file, forKey: path), other != file {
                throw .malformedRelease(name, detail: "it has two digests of '\(path.prefix(200))'")
            }
        }
        return out
    }

    /// Refuses a release that is not the suite asked for, or not of this time.
    /// - Parameter now: seconds since 1970.
    func check(now: Int64) throws(DebianArchiveError) {
        let asked = source.suite
        // Security suites were called NAME/updates once, and their releases still say NAME.
        let names = [asked, asked.hasSuffix("/updates") ? String(asked.dropLast("/updates".utf8.count)) : asked]
        guard names.contains(where: { $0 == suite || $0 == codename }) else {
            throw .wrongSuite(asked: asked, suite: suite, codename: codename)
        }
        let time = source.time ?? now
        if date > time + Self.tolerance { throw .fromTheFuture(asked, date: date) }
        if let validUntil, validUntil < time { throw .expired(asked, validUntil: validUntil) }
    }

    /// The indexes of a component: its path without the compression's suffix.
    /// - Throws: ``DebianArchiveError`` when the suite lacks the component, the architecture or the index.
    func indexes(component: String, architecture: String) throws(DebianArchiveError) -> [String] {
        // Security suites say `updates/main` while the files lie under `main`.
        let known = components.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        guard components.contains(component) || known.contains(component) else {
            throw .noComponent(component, suite: source.suite, known: known)
        }
        guard architectures.contains(architecture) else {
            throw .noArchitecture(architecture, suite: source.suite, known: architectures.filter { $0 != "all" })
        }
        let places = [component] + components.filter { $0.hasSuffix("/" + component) }
        func index(_ architecture: String) -> String? {
            places.map { "\($0)/binary-\(architecture)/Packages" }.first { files[$0] != nil }
        }
        guard let own = index(architecture) else {
            throw .noIndex("\(component)/binary-\(architecture)/Packages", suite: source.suite)
        }
        return mergesArchitectureAll ? [own] : [own] + [index("all")].compactMap { $0 }
    }
}
