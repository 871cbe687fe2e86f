// https://manpages.debian.org/bookworm/apt/apt.conf.5.en.html

/// The host's settings of apt, as far as they say how archives are reached.
package struct AptConfiguration: Sendable, Hashable {
    /// Values by their full names in lower case: `acquire::http::proxy`.
    private var values: [String: String] = [:]

    /// The largest file that is read, in bytes.
    private static let limit = 4 << 20

    package init() {}

    /// Reads the files in the order that apt has: those set later win.
    /// - Parameters:
    ///   - directory: the host's `/etc/apt`.
    ///   - environment: for `APT_CONFIG`, the name of a file that is read first.
    /// - Throws: ``DebianArchiveError/system(_:)``. What can't be understood is passed over: apt itself complains.
    package static func read(
        directory: String = "/etc/apt", environment: [String: String] = [:]
    ) throws(DebianArchiveError) -> AptConfiguration {
        let first = environment["APT_CONFIG"].map { [$0] } ?? []
        let parts = try AptFiles.names(in: directory + "/apt.conf.d", suffixes: ["", ".conf"])
        var out = AptConfiguration()
        for path in first + parts + [directory + "/apt.conf"] {
            if let bytes = try AptFiles.read(path, limit: limit) { out.merge(bytes) }
        }
        return out
    }

    /// The proxies for a scheme: `http` or `https`. Settings for https fall back on those for http.
    /// - Returns: the one for all hosts, and those for single ones; `DIRECT` stands for none.
    package func proxies(_ scheme: String) -> (all: String?, hosts: [String: String]) {
        var hosts: [String: String] = [:]
        var all: String?
        for scheme in scheme == "https" ? ["http", "https"] : [scheme] {
            let name = "acquire::\(scheme)::proxy"
            if let value = values[name], !value.isEmpty { all = value }
            for (key, value) in values where key.hasPrefix(name + "::") && !value.isEmpty {
                hosts[String(key.dropFirst(name.utf8.count + 2))] = value
            }
        }
        return (all, hosts)
    }

    /// Takes the settings of one file.
    mutating func merge(_ bytes: [UInt8]) {
        var scanner = AptConfigurationScanner(bytes)
        // Names of the braces that are open, and the words of the statement so far.
        var scopes: [String] = []
        var words: [String] = []
        func name(_ word: String) -> String { (scopes + [word.lowercased()]).joined(separator: "::") }
        while let token = scanner.next() {
            switch token {
            case .word(let word): words.append(word)
            case .end:
                // One word alone sets nothing, or is an item of a list.
                if words.count == 2 {
                    if words[0].lowercased() == "#clear" { clear(words[1]) } else { values[name(words[0])] = words[1] }
                }
                words = []
            case .open:
                guard scopes.count < 32 else { return }
                scopes.append((words.first ?? "").lowercased())
                words = []
            case .close:
                _ = scopes.popLast()
                words = []
            }
        }
    }

    private mutating func clear(_ name: String) {
        let name = name.lowercased()
        values = values.filter { $0.key != name && !$0.key.hasPrefix(name + "::") }
    }
}

/// Splits apt's configuration into words and marks, without comments.
private struct AptConfigurationScanner {
    enum Token {
        case word(String)
        case end
        case open
        case close
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Token? {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: ";"):
                position += 1
                return .end
            case UInt8(ascii: "{"):
                position += 1
                return .open
            case UInt8(ascii: "}"):
                position += 1
                return .close
            case UInt8(ascii: "\""): return .word(quoted())
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            case _ where startsComment: skipComment()
            default: return .word(bare())
            }
        }
        return nil
    }

    private func starts(with text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        return bytes.count - position >= length
            && UnsafeBufferPointer(start: text.utf8Start, count: length).elementsEqual(
                bytes[position..<position + length])
    }

    /// `#` starts a comment unless it is the directive that clears settings; other directives are passed over.
    private var startsComment: Bool {
        starts(with: "//") || starts(with: "/*") || (bytes[position] == UInt8(ascii: "#") && !starts(with: "#clear"))
    }

    private mutating func skipComment() {
        if starts(with: "/*") {
            position += 2
            while position < bytes.count, !starts(with: "*/") { position += 1 }
            position = min(position + 2, bytes.count)
        } else {
            while position < bytes.count, bytes[position] != 0x0a { position += 1 }
        }
    }

    private mutating func quoted() -> String {
        let start = position + 1
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\"")) ?? bytes.count
        position = min(end + 1, bytes.count)
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func bare() -> String {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte <= 0x20 || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
                || byte == UInt8(ascii: "\"")
            {
                break
            }
            if position > start, starts(with: "//"), bytes[position - 1] != UInt8(ascii: ":") { break }
            position += 1
        }
        if position == start { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
