// https://github.com/package-url/purl-spec/blob/main/docs/specification.md
// Rules of the types: https://github.com/package-url/purl-spec/tree/main/types

/// The name of a package of any ecosystem in one line, such as `pkg:deb/debian/curl@7.88.1-10?arch=amd64`.
///
/// ``description`` is the canonical text; two URLs of one package are equal. Of Go's modules the case is kept, though
/// the specification lets it vanish: module paths that differ in case are different modules.
package struct PackageURL: Sendable, Hashable, CustomStringConvertible {
    /// Lower case, such as `deb`.
    package let type: String
    /// Its segments, joined by slashes.
    package let namespace: String?
    package let name: String
    package let version: String?
    /// Without those that have no value.
    package let qualifiers: [String: String]
    /// A path within the package.
    package let subpath: String?

    package init(
        type: String, namespace: String? = nil, name: String, version: String? = nil,
        qualifiers: [String: String] = [:], subpath: String? = nil
    ) throws(PackageURLError) {
        guard Self.isType(type) else { throw .badType(type) }
        let type = type.asciiLowercased
        self.type = type
        var segments: [String] = []
        for segment in (namespace ?? "").utf8.split(separator: UInt8(ascii: "/")) {
            segments.append(Self.normalized(String(Substring(segment)), type: type, role: .namespace))
        }
        self.namespace = segments.isEmpty ? nil : segments.joined(separator: "/")
        let name = name.trimming("/")
        guard !name.isEmpty else { throw .noName }
        self.name = Self.normalized(name, type: type, role: .name)
        self.version = version.flatMap { $0.isEmpty ? nil : Self.normalized($0, type: type, role: .version) }
        var kept: [String: String] = [:]
        for (key, value) in qualifiers.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            guard Self.isQualifier(key) else { throw .badQualifier(key) }
            guard kept.updateValue(value, forKey: key.asciiLowercased) == nil else { throw .repeatedQualifier(key) }
        }
        self.qualifiers = kept
        let parts = (subpath ?? "").utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
            .filter { $0 != "." && $0 != ".." }
        self.subpath = parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    /// The canonical text.
    package var description: String {
        var text = "pkg:" + type + "/"
        if let namespace { text += Self.escapedPath(namespace) + "/" }
        text += Self.escaped(name)
        if let version { text += "@" + Self.escaped(version) }
        let keys = qualifiers.keys.sorted()
        for (index, key) in keys.enumerated() {
            text += (index == 0 ? "?" : "&") + key + "=" + Self.escaped(qualifiers[key] ?? "", keepingSlash: true)
        }
        if let subpath { text += "#" + Self.escapedPath(subpath) }
        return text
    }
}

// MARK: - Reading

extension PackageURL {
    /// Bytes of the longest text that is read.
    package static let lengthLimit = 16384

    /// Reads a text, canonical or not.
    package init(_ text: String) throws(PackageURLError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.lengthLimit else { throw .tooLong(bytes.count) }
        var rest = bytes[...]

        var subpath: String?
        if let hash = rest.lastIndex(of: UInt8(ascii: "#")) {
            subpath = try Self.unescapedPath(rest[(hash + 1)...])
            rest = rest[..<hash]
        }
        var qualifiers: [String: String] = [:]
        if let mark = rest.lastIndex(of: UInt8(ascii: "?")) {
            for pair in rest[(mark + 1)...].split(separator: UInt8(ascii: "&")) {
                let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
                let key = String(decoding: pair[..<equals], as: UTF8.self).asciiLowercased
                guard Self.isQualifier(key) else { throw .badQualifier(key) }
                let value = try Self.unescaped(pair[equals...].dropFirst())
                if value.isEmpty { continue }
                guard qualifiers.updateValue(value, forKey: key) == nil else { throw .repeatedQualifier(key) }
            }
            rest = rest[..<mark]
        }
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
            String(decoding: rest[..<colon], as: UTF8.self).asciiLowercased == "pkg"
        else { throw .noScheme }
        rest = rest[(colon + 1)...].drop { $0 == UInt8(ascii: "/") }
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { throw .noName }
        let type = String(decoding: rest[..<slash], as: UTF8.self)
        rest = rest[(slash + 1)...]

        var version: String?
        // A scope that nobody escaped (`@scope/name`) starts with what parts the version elsewhere.
        if let at = rest.lastIndex(of: UInt8(ascii: "@")),
            at > rest.startIndex && rest[at - 1] != UInt8(ascii: "/") || !rest[at...].contains(UInt8(ascii: "/"))
        {
            version = try Self.unescaped(rest[(at + 1)...])
            rest = rest[..<at]
        }
        while rest.last == UInt8(ascii: "/") { rest.removeLast() }
        var namespace: String?
        if let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
            namespace = try Self.unescapedPath(rest[..<slash])
            rest = rest[(slash + 1)...]
        }
        try self.init(
            type: type, namespace: namespace, name: Self.unescaped(rest), version: version, qualifiers: qualifiers,
            subpath: subpath)
    }
}

// MARK: - Rules

extension PackageURL {
    private enum Role { case namespace, name, version }

    /// Which parts of which types have no case, and what else a type evens out.
    private static func normalized(_ text: String, type: String, role: Role) -> String {
        switch (type, role) {
        case ("pypi", .name): return pythonName(text)
        case ("pypi", .version), ("deb", .namespace), ("deb", .name), ("apk", .namespace), ("apk", .name),
            ("rpm", .namespace), ("npm", .namespace), ("alpm", .namespace), ("alpm", .name), ("github", .namespace),
            ("github", .name), ("bitbucket", .namespace), ("bitbucket", .name), ("composer", .namespace),
            ("composer", .name), ("hex", .namespace), ("hex", .name), ("oci", .name):
            return text.asciiLowercased
        // Old packages of npm have upper case and differ from their namesakes.
        default: return text
        }
    }

    /// https://packaging.python.org/en/latest/specifications/name-normalization/
    private static func pythonName(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.asciiLowercased.utf8 {
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") {
                if out.last != UInt8(ascii: "-") { out.append(UInt8(ascii: "-")) }
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isType(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isQualifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || ".-_".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func escaped(_ text: some StringProtocol, keepingSlash: Bool = false) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if isLetter(byte) || isDigit(byte) || ".-_~:".utf8.contains(byte)
                || keepingSlash && byte == UInt8(ascii: "/")
            {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func escapedPath(_ text: String) -> String {
        text.utf8.split(separator: UInt8(ascii: "/")).map { escaped(Substring($0)) }.joined(separator: "/")
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) throws(PackageURLError) -> String {
        var out: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "%") else {
                out.append(bytes[index])
                index += 1
                continue
            }
            guard index + 2 < bytes.endIndex, let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
            else { throw .badEscape(String(decoding: bytes, as: UTF8.self)) }
            out.append(UInt8(high << 4 | low))
            index += 3
        }
        guard let text = String(validating: out, as: UTF8.self) else {
            throw .badEscape(String(decoding: bytes, as: UTF8.self))
        }
        return text
    }

    private static func unescapedPath(_ bytes: ArraySlice<UInt8>) throws(PackageURLError) -> String {
        var segments: [String] = []
        for segment in bytes.split(separator: UInt8(ascii: "/")) {
            let text = try unescaped(segment)
            guard !text.utf8.contains(UInt8(ascii: "/")) else { throw .slashInSegment(text) }
            segments.append(text)
        }
        return segments.joined(separator: "/")
    }
}

extension String {
    fileprivate var asciiLowercased: String {
        String(decoding: utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    fileprivate func trimming(_ character: Character) -> String {
        var text = self[...]
        while text.first == character { text.removeFirst() }
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
