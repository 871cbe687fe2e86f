package import Core
package import Debian
package import Layers

/// The files by which dpkg knows packages that were unpacked but not yet configured.
///
/// They are what `dpkg --unpack` writes, so that `dpkg --configure` goes on from there: a stanza in `status`, the control
/// files under `info`, conffiles under names that end in `.dpkg-new`, and the lists of triggers that somebody waits for.
/// Source: dpkg(1), deb-triggers(5), and the layout of `/var/lib/dpkg` in dpkg 1.21.
package struct DpkgDatabase {
    private var files: [BytePath: [UInt8]] = [:]
    private var executables: Set<BytePath> = []

    /// Bytes of a file of the database that is read.
    package static let limit = 64 << 20

    private static let root = BytePath(cleaning: "/var/lib/dpkg")

    private static func place(_ name: String) -> BytePath { root.appending(BytePath(cleaning: name)) }

    /// - Parameter existing: reads a file of the levels below; nil when there is none.
    package init(
        of packages: [DebPackage], onto existing: (BytePath) throws -> [UInt8]?
    ) throws {
        files[Self.place("info/format")] = Array("1\n".utf8)
        for name in ["available", "diversions", "statoverride", "triggers/File", "triggers/Unincorp", "status"] {
            files[Self.place(name)] = try existing(Self.place(name)) ?? []
        }
        for package in packages { try add(package, existing) }
    }

    private mutating func add(_ package: DebPackage, _ existing: (BytePath) throws -> [UInt8]?) throws {
        let stem = package.databaseName
        for (script, bytes) in package.scripts {
            let path = Self.place("info/\(stem).\(script.rawValue)")
            files[path] = bytes
            executables.insert(path)
        }
        if !package.md5sums.isEmpty { files[Self.place("info/\(stem).md5sums")] = package.md5sums }
        if !package.triggers.isEmpty { files[Self.place("info/\(stem).triggers")] = package.triggers }
        for (name, bytes) in package.otherControlFiles { files[Self.place("info/\(stem).\(name)")] = bytes }
        if !package.conffiles.isEmpty {
            files[Self.place("info/\(stem).conffiles")] = Array(
                package.conffiles.map { $0.absolute + "\n" }.joined().utf8)
        }
        var list = Array("/.\n".utf8)
        for entry in package.contents.entries {
            list.append(UInt8(ascii: "/"))
            list += entry.path.bytes
            list.append(UInt8(ascii: "\n"))
        }
        files[Self.place("info/\(stem).list")] = list
        try addTriggers(of: package, existing)
        files[Self.place("status"), default: []] += stanza(package)
    }

    private func stanza(_ package: DebPackage) -> [UInt8] {
        var text = ""
        for (name, value) in package.control.fields {
            text += "\(name): \(value)\n"
            if name == "Package" { text += "Status: install ok unpacked\n" }
        }
        if !package.conffiles.isEmpty {
            text += "Conffiles:\n" + package.conffiles.map { " \($0.absolute) newconffile\n" }.joined()
        }
        return Array((text + "\n").utf8)
    }

    private mutating func addTriggers(
        of package: DebPackage, _ existing: (BytePath) throws -> [UInt8]?
    ) throws {
        for line in String(decoding: package.triggers, as: UTF8.self).split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count >= 2, words[0].hasPrefix("interest") else { continue }
            let waits = words[0] == "interest-noawait" ? "/noawait" : ""
            if words[1].hasPrefix("/") {
                files[Self.place("triggers/File"), default: []] += Array("\(words[1]) \(package.name)\(waits)\n".utf8)
                continue
            }
            // The name becomes a file's: what could leave the directory is no trigger name either.
            guard !words[1].contains("/"), !words[1].hasPrefix(".") else { continue }
            let path = Self.place("triggers/\(words[1])")
            let before = try files[path] ?? existing(path) ?? []
            files[path] = before + Array("\(package.name)\(waits)\n".utf8)
        }
    }

    /// The directories of the database, those of which nothing may be in included.
    package var directories: [Entry] {
        ["", "info", "updates", "triggers", "parts", "alternatives"].map { Entry.directory(Self.place($0)) }
    }

    /// The files of the database.
    package var entries: [Entry] {
        files.map { Entry.file($0, bytes: $1, mode: executables.contains($0) ? 0o755 : 0o644) }
            .sorted { $0.path < $1.path }
    }
}
