import Core
import Debian

/// Reads the small languages of a recipe's values.
enum RecipeFormat {
    private static func fail(_ format: RecipeError.Format, _ text: String) -> RecipeError {
        RecipeError(.invalid(format, text))
    }

    static func mode(_ text: String) throws(RecipeError) -> UInt32 {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
            let mode = UInt32(text, radix: 8), mode <= 0o7777
        else { throw fail(.mode, text) }
        return mode
    }

    static func owner(_ text: String) throws(RecipeError) -> Recipe.Owner {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let uid = identifier(parts[0]), let gid = identifier(parts[1]) else {
            throw fail(.owner, text)
        }
        return Recipe.Owner(uid: uid, gid: gid)
    }

    /// The greatest number means "leave it" to the kernel.
    private static func identifier(_ text: Substring) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit), let id = UInt32(text), id < UInt32.max else { return nil }
        return id
    }

    static func digest(_ text: String) throws(RecipeError) -> Digest {
        guard let digest = Digest(hex: text) else { throw fail(.digest, text) }
        return digest
    }

    /// An absolute path without `..`; the root only where it makes sense.
    static func path(_ text: String, allowsRoot: Bool = false) throws(RecipeError) -> BytePath {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"))
        guard text.hasPrefix("/"), !parts.contains(where: { $0.elementsEqual("..".utf8) }), isPrintable(text),
            text.utf8.count < 4096, parts.allSatisfy({ $0.count < 256 })
        else { throw fail(.path, text) }
        let path = BytePath(cleaning: text)
        guard allowsRoot || !path.isRoot else { throw fail(.path, text) }
        return path
    }

    /// A path below the recipe's own directory.
    static func localPath(_ text: String) throws(RecipeError) -> BytePath {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"))
        guard !text.hasPrefix("/"), !parts.contains(where: { $0.elementsEqual("..".utf8) }), isPrintable(text) else {
            throw RecipeError(.climbs(text))
        }
        let path = BytePath(cleaning: text)
        guard !path.isRoot else { throw RecipeError(.notFile(text)) }
        return path
    }

    static func url(_ text: String) throws(RecipeError) -> String {
        let scheme = ["http://", "https://"].first { text.lowercased().hasPrefix($0) }
        guard let scheme, isPrintable(text), !text.utf8.contains(UInt8(ascii: " ")) else { throw fail(.url, text) }
        let host = text.utf8.dropFirst(scheme.utf8.count).prefix { $0 != UInt8(ascii: "/") }
        guard !host.isEmpty, !host.contains(UInt8(ascii: "@")) else { throw fail(.url, "\(scheme)…") }
        return text
    }

    /// A mirror's URL without slash at the end.
    static func mirror(_ text: String) throws(RecipeError) -> String {
        var text = try url(text)
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    static func suite(_ text: String) throws(RecipeError) -> String {
        guard isWord(text, allowing: "-._/"), !text.hasSuffix("/"), !text.contains("//"), !text.contains("..") else {
            throw fail(.suite, text)
        }
        return text
    }

    static func component(_ text: String) throws(RecipeError) -> String {
        guard isWord(text, allowing: "-._") else { throw fail(.component, text) }
        return text
    }

    // https://www.debian.org/doc/debian-policy/ch-controlfields.html#source
    static func packageName(_ text: String) throws(RecipeError) -> String {
        guard text.utf8.count >= 2, isWord(text, allowing: "+-."), text.utf8.allSatisfy({ !isUpper($0) }) else {
            throw fail(.package, text)
        }
        return text
    }

    /// `NAME`, `NAME=VERSION`, `NAME/SUITE`.
    static func package(_ text: String, at span: SourceSpan?) throws(RecipeError) -> PackageRequest {
        guard let mark = text.firstIndex(where: { $0 == "=" || $0 == "/" }) else {
            return PackageRequest(name: try packageName(text), span: span)
        }
        let name = String(text[..<mark])
        let rest = String(text[text.index(after: mark)...])
        do {
            var request = PackageRequest(name: try packageName(name), span: span)
            if text[mark] == "=" { request.version = try version(rest) } else { request.suite = try suite(rest) }
            return request
        } catch {
            throw fail(.package, text)
        }
    }

    // https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
    static func version(_ text: String) throws(RecipeError) -> String {
        guard isWord(text, allowing: ".+-:~") else { throw fail(.version, text) }
        return text
    }

    static func architecture(_ text: String) throws(RecipeError) -> String {
        guard RecipeError.Format.architectures.contains(text) else { throw fail(.architecture, text) }
        return text
    }

    /// `YYYYMMDDTHHMMSSZ`
    static func snapshot(_ text: String) throws(RecipeError) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            bytes.enumerated().allSatisfy({ $0.offset == 8 || $0.offset == 15 || isDigit($0.element) })
        else { throw fail(.snapshot, text) }
        return text
    }

    /// What the image's configuration takes: numbers or names.
    static func user(_ text: String) throws(RecipeError) -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { throw fail(.user, text) }
        for part in parts {
            let isNumber = part.utf8.allSatisfy(isDigit) && !part.isEmpty
            guard isNumber ? identifier(part) != nil : isAccountName(part) else { throw fail(.user, text) }
        }
        return text
    }

    static func accountName(_ text: String) throws(RecipeError) -> String {
        guard isAccountName(text[...]) else { throw fail(.accountName, text) }
        return text
    }

    private static func isAccountName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 32, !isDigit(first), first != UInt8(ascii: "-") else {
            return false
        }
        return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    static func accountField(_ text: String) throws(RecipeError) -> String {
        guard isPrintable(text), !text.utf8.contains(UInt8(ascii: ":")) else { throw fail(.accountField, text) }
        return text
    }

    static func variable(_ text: String) throws(RecipeError) -> String {
        guard let first = text.utf8.first, !isDigit(first),
            text.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "_") })
        else { throw fail(.variable, text) }
        return text
    }

    static func pattern(_ text: String) throws(RecipeError) -> String {
        guard text.utf8.count > 1, (try? path(text)) != nil else { throw fail(.pattern, text) }
        return text
    }

    static func zone(_ text: String) throws(RecipeError) -> String {
        guard isWord(text, allowing: "-_+./"), !text.contains(".."), !text.hasSuffix("/") else {
            throw fail(.zone, text)
        }
        return text
    }

    static func fileName(_ text: String) throws(RecipeError) -> String {
        guard !text.isEmpty, text != ".", text != "..", isPrintable(text), !text.utf8.contains(UInt8(ascii: "/")),
            text.utf8.count < 256
        else { throw fail(.name, text) }
        return text
    }

    // MARK: Bytes

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || isUpper(byte) || (0x61...0x7A).contains(byte)
    }

    /// Letters and digits at the start, then also what is allowed.
    private static func isWord(_ text: String, allowing others: StaticString) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 256 else { return false }
        let others = others.withUTF8Buffer { Array($0) }
        return text.utf8.allSatisfy { isAlphanumeric($0) || others.contains($0) }
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
