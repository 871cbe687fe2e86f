// https://wiki.debian.org/DebianRepository/Format#A.22Packages.22_Indices
internal import Core
internal import Inventory

extension DebianPackage {
    /// Reads one stanza of a Packages file.
    init(stanza range: Range<Int>, of bytes: UnsafeRawBufferPointer, suite: String) throws(StanzaProblem) {
        let fields = try StanzaFields(bytes, range)
        let name = try fields.name()
        let version = try fields.version()
        self.init(
            name: name, version: version, architecture: try fields.architecture(), suite: suite,
            path: try fields.path(), size: try fields.size(), sha256: try fields.digest())
        (source, sourceVersion) = try fields.source(name, version)
        isEssential = try fields.flag(.essential)
        if let value = fields.text(.priority) { priority = value }
        if let value = fields.text(.multiArch), value != "no" { multiArch = value }
        preDepends = try fields.dependencies(.preDepends)
        depends = try fields.dependencies(.depends)
        recommends = try fields.dependencies(.recommends)
        provides = try fields.relations(.provides)
        conflicts = try fields.relations(.conflicts)
        breaks = try fields.relations(.breaks)
        replaces = try fields.relations(.replaces)
    }
}

/// The fields of a stanza that a package is made of.
enum StanzaField: Int, CaseIterable {
    case package, version, architecture, source, filename, size, sha256, essential, priority, multiArch
    case preDepends, depends, recommends, provides, conflicts, breaks, replaces

    var name: StaticString {
        switch self {
        case .package: "Package"
        case .version: "Version"
        case .architecture: "Architecture"
        case .source: "Source"
        case .filename: "Filename"
        case .size: "Size"
        case .sha256: "SHA256"
        case .essential: "Essential"
        case .priority: "Priority"
        case .multiArch: "Multi-Arch"
        case .preDepends: "Pre-Depends"
        case .depends: "Depends"
        case .recommends: "Recommends"
        case .provides: "Provides"
        case .conflicts: "Conflicts"
        case .breaks: "Breaks"
        case .replaces: "Replaces"
        }
    }
}

/// Where the fields of one stanza lie, and how each is read.
private struct StanzaFields {
    private let bytes: UnsafeRawBufferPointer
    private var ranges = [Range<Int>?](repeating: nil, count: StanzaField.allCases.count)

    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(StanzaProblem) {
        self.bytes = bytes
        var scanner = ControlScanner(bytes, in: range)
        do throws(ControlError) {
            while let item = try scanner.next() {
                guard case .field(let name, let value) = item else { break }
                guard let known = Self.known(bytes, name) else { continue }
                guard ranges[known.rawValue] == nil else {
                    throw .duplicateField("\(known.name)", offset: name.lowerBound)
                }
                ranges[known.rawValue] = value
            }
        } catch {
            throw .control(error)
        }
    }

    private static func known(_ bytes: UnsafeRawBufferPointer, _ name: Range<Int>) -> StanzaField? {
        StanzaField.allCases.first { bytes.equalsIgnoringCase(name, $0.name) }
    }

    func text(_ field: StanzaField) -> String? {
        guard let range = ranges[field.rawValue], !range.isEmpty else { return nil }
        return bytes.text(range)
    }

    private func required(_ field: StanzaField) throws(StanzaProblem) -> String {
        guard let value = text(field) else { throw .missing("\(field.name)") }
        return value
    }

    private func bad(_ field: StanzaField, _ value: String) -> StanzaProblem {
        .badValue("\(field.name)", String(value.prefix(200)))
    }

    func name() throws(StanzaProblem) -> String {
        let value = try required(.package)
        guard isName(value) else { throw bad(.package, value) }
        return value
    }

    func architecture() throws(StanzaProblem) -> String {
        let value = try required(.architecture)
        guard isName(value) else { throw bad(.architecture, value) }
        return value
    }

    func version() throws(StanzaProblem) -> DebianVersion {
        try version(.version, try required(.version))
    }

    private func version(_ field: StanzaField, _ text: some StringProtocol) throws(StanzaProblem) -> DebianVersion {
        do throws(DebianVersionError) {
            return try DebianVersion(text)
        } catch {
            throw .badVersion("\(field.name)", error)
        }
    }

    /// `name` or `name (version)`; without a version it is the binary package's, without the field the package itself.
    func source(_ name: String, _ version: DebianVersion) throws(StanzaProblem) -> (String, DebianVersion) {
        guard let value = text(.source) else { return (name, version) }
        guard let open = value.utf8.firstIndex(of: UInt8(ascii: "(")) else {
            guard isName(value) else { throw bad(.source, value) }
            return (value, version)
        }
        var source = value[..<open]
        while source.last == " " { source.removeLast() }
        guard isName(source), value.utf8.last == UInt8(ascii: ")") else { throw bad(.source, value) }
        return (String(source), try self.version(.source, value[value.index(after: open)...].dropLast()))
    }

    /// The archive's path of the file, which becomes part of a URL: relative and normal.
    func path() throws(StanzaProblem) -> String {
        let value = try required(.filename)
        var path = value[...]
        // Flat archives write "./name.deb".
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isNormal = parts.allSatisfy { part in
            !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
                && part.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }
        }
        guard isNormal else { throw bad(.filename, value) }
        return String(path)
    }

    func size() throws(StanzaProblem) -> Int64 {
        let value = try required(.size)
        guard value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let size = Int64(value)
        else { throw bad(.size, value) }
        return size
    }

    func digest() throws(StanzaProblem) -> Digest {
        let value = try required(.sha256)
        guard let digest = Digest(hex: value.utf8.count == 64 ? value.lowercased() : value) else {
            throw bad(.sha256, value)
        }
        return digest
    }

    func flag(_ field: StanzaField) throws(StanzaProblem) -> Bool {
        switch text(field) {
        case "yes": true
        case nil, "no": false
        case .some(let value): throw bad(field, value)
        }
    }

    func dependencies(_ field: StanzaField) throws(StanzaProblem) -> [Dependency] {
        guard let range = ranges[field.rawValue] else { return [] }
        do throws(RelationError) {
            return try RelationParser.dependencies(bytes, range)
        } catch {
            throw .badRelation("\(field.name)", error)
        }
    }

    func relations(_ field: StanzaField) throws(StanzaProblem) -> [Relation] {
        guard let range = ranges[field.rawValue] else { return [] }
        do throws(RelationError) {
            return try RelationParser.relations(bytes, range)
        } catch {
            throw .badRelation("\(field.name)", error)
        }
    }

    private func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, first.isNameByte, first != UInt8(ascii: "."), first != UInt8(ascii: "-")
        else { return false }
        return text.utf8.count <= 255 && text.utf8.allSatisfy(\.isNameByte)
    }
}
