// https://www.debian.org/doc/debian-policy/ch-controlfields.html
internal import Archive
internal import Core
internal import Layers

/// The files of a package's control archive, all in memory.
struct ControlFiles {
    private var files: [String: [UInt8]] = [:]

    /// - Parameter limit: bytes of the uncompressed archive.
    init(_ archive: any ByteSource, limit: Int) throws {
        let reader = TarReader(LimitedSource(archive, limit: Int64(limit), what: "the control archive of a package"))
        while let header = try reader.next() {
            if header.kind == .directory, try header.checkedPath().isRoot { continue }
            let name = Self.name(header.name)
            guard header.kind == .file, let name else {
                throw DebError.badName(String(decoding: header.name.prefix(300), as: UTF8.self), archive: "control.tar")
            }
            var bytes: [UInt8] = []
            try reader.forEachPiece { bytes.append(contentsOf: $0) }
            files[name] = bytes
        }
        try reader.expectNothingMore()
    }

    /// A plain name in the archive's top directory.
    private static func name(_ bytes: [UInt8]) -> String? {
        let name = bytes.starts(with: [0x2e, 0x2f]) ? bytes.dropFirst(2) : bytes[...]
        guard let first = name.first, first != UInt8(ascii: "."), name.allSatisfy({ 0x21..<0x7f ~= $0 && $0 != 0x2f })
        else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    /// - Parameter stanzaLimit: bytes of the file `control`.
    func package(_ contents: LayerContents, stanzaLimit: Int) throws -> DebPackage {
        var rest = files
        guard let stanza = rest.removeValue(forKey: "control") else { throw DebError.missingControlFile("control") }
        guard stanza.count <= stanzaLimit else {
            throw ArchiveError.tooLong("the control file of a package", limit: Int64(stanzaLimit))
        }
        var scripts: [DebPackage.Script: [UInt8]] = [:]
        for script in DebPackage.Script.allCases { scripts[script] = rest.removeValue(forKey: script.rawValue) }
        let conffiles = try Self.conffiles(rest.removeValue(forKey: "conffiles") ?? [])
        let md5sums = rest.removeValue(forKey: "md5sums") ?? []
        let triggers = rest.removeValue(forKey: "triggers") ?? []
        let others = rest.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return try DebPackage(
            control: Control(parsing: stanza), conffiles: conffiles, md5sums: md5sums, scripts: scripts,
            triggers: triggers, otherControlFiles: others.map { (name: $0.key, bytes: $0.value) }, contents: contents)
    }

    /// A path a line, maybe after a flag such as `remove-on-upgrade`, which marks files that are no longer there.
    private static func conffiles(_ bytes: [UInt8]) throws -> [BytePath] {
        var out: [BytePath] = []
        for line in bytes.split(separator: 0x0a) {
            let line = line.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()
            if line.isEmpty { continue }
            if line.starts(with: Array("remove-on-upgrade ".utf8)) { continue }
            guard line.first == UInt8(ascii: "/"),
                !line.split(separator: 0x2f).contains(where: { $0.elementsEqual([0x2e, 0x2e]) })
            else {
                throw DebError.controlLine(String(decoding: Array(line.prefix(300)), as: UTF8.self), file: "conffiles")
            }
            out.append(BytePath(cleaning: Array(line)))
        }
        return out
    }
}
