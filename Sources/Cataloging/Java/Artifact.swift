internal import Core

/// What Maven names an artifact by.
struct Artifact: Hashable {
    var group: String?
    var name: String
    var version: String

    init(group: String?, name: String, version: String) {
        self.group = group
        self.name = name
        self.version = version
    }

    /// Reads a `pom.properties`; nil when it names none, or with variables that nobody filled in.
    init?(properties: ArraySlice<UInt8>) {
        var values: [String: String] = [:]
        for line in Lines(Array(properties)) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            values[line[..<equals].trimmed.text] = line[(equals + 1)...].trimmed.text
        }
        guard let name = values["artifactId"], let version = values["version"], !name.isEmpty, !version.isEmpty,
            !name.contains("${"), !version.contains("${")
        else { return nil }
        self.init(
            group: values["groupId"].flatMap { $0.isEmpty || $0.contains("${") ? nil : $0 }, name: name,
            version: version)
    }
}

/// The name of an archive in its parts, such as `commons-lang3` and `3.12.0`.
struct FileName: Hashable {
    /// Without what stands behind the last dot.
    let stem: String
    let name: String
    let version: String?

    init(_ file: String) {
        let dot = file.lastIndex(of: ".") ?? file.endIndex
        stem = String(file[..<dot])
        // The version starts at the first hyphen that a digit follows.
        var (name, version): (String, String?) = (stem, nil)
        var index = stem.startIndex
        while let hyphen = stem[index...].firstIndex(of: "-") {
            let next = stem.index(after: hyphen)
            if next < stem.endIndex, stem[next].isASCII, stem[next].isNumber, hyphen != stem.startIndex {
                (name, version) = (String(stem[..<hyphen]), String(stem[next...]))
                break
            }
            index = next
        }
        (self.name, self.version) = (name, version)
    }
}

/// The first section of a `MANIFEST.MF`.
struct Manifest: Hashable {
    private var values: [String: String] = [:]

    init() {}

    init(_ content: ArraySlice<UInt8>) {
        var key: String?
        for line in Lines(Array(content)) {
            if line.isEmpty { break }
            // A line is cut after 72 bytes and goes on behind a blank.
            if line.first == UInt8(ascii: " ") {
                if let key { values[key, default: ""] += line.dropFirst().text }
                continue
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = line[..<colon].text
            values[name] = line[(colon + 1)...].trimmed.text
            key = name
        }
    }

    private subscript(_ keys: String...) -> String? {
        for key in keys {
            if let value = values[key], !value.isEmpty, !value.contains("${") { return value }
        }
        return nil
    }

    var licenses: [String] {
        // Names and addresses with commas between, parameters behind semicolons.
        guard let value = self["Bundle-License"] else { return [] }
        let names = value.split(separator: ",").compactMap { $0.split(separator: ";").first }
        return names.prefix(10).map { String($0).trimmed(of: " \"") }.filter { !$0.isEmpty }
    }

    private var version: String? {
        self["Implementation-Version", "Bundle-Version", "Specification-Version", "Plugin-Version"]
    }

    /// Whether the archive may be an artifact that it holds the properties of, though its file has another name.
    func isAbout(_ artifact: Artifact) -> Bool {
        if self["Implementation-Title"] == artifact.name { return true }
        guard let version else { return self["Bundle-SymbolicName"] == nil }
        // OSGi makes `1.3.0` of `1.3`, and `2.0.0.RC1` of `2.0-RC1`.
        let number = artifact.version.prefix { $0 != "-" }
        return version.hasPrefix(number) || artifact.version.hasPrefix(version)
    }

    /// What an archive without Maven's properties is; nil when not even its name says.
    func artifact(_ file: FileName) -> Artifact? {
        let symbolic = self["Bundle-SymbolicName"]?.split(separator: ";").first.map { String($0).trimmed(of: " ") }
        let name = file.name.isEmpty ? symbolic ?? self["Implementation-Title"] : file.name
        guard let name else { return nil }
        var group = self["Implementation-Vendor-Id", "Group-Id"]
        if group == nil, let symbolic, symbolic.contains(".") {
            group = symbolic.hasSuffix("." + name) ? String(symbolic.dropLast(name.count + 1)) : symbolic
        }
        return Artifact(group: group, name: name, version: file.version ?? version ?? "")
    }
}

extension String {
    fileprivate func trimmed(of characters: String) -> String {
        var text = self[...]
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return String(text)
    }
}
