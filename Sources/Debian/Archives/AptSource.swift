// https://manpages.debian.org/bookworm/apt/sources.list.5.en.html
import Core

/// A place that the host's apt gets packages from.
package struct AptSource: Sendable, Hashable {
    /// As written, of any scheme.
    package var uris: [String]
    package var suites: [String]
    package var components: [String]
    /// Nil when the host's apt trusts all keys it has.
    package var signedBy: Keyring?

    package init(uris: [String], suites: [String], components: [String], signedBy: Keyring? = nil) {
        self.uris = uris
        self.suites = suites
        self.components = components
        self.signedBy = signedBy
    }

    /// Reads `Signed-By`: paths, fingerprints, or in deb822 form a whole armoured key.
    static func keyring(_ value: String, name: String) -> Keyring? {
        if value.contains("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
            // Continuation lines have a space in front, and a full stop stands for an empty line.
            let lines = value.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
                let line = line.hasPrefix(" ") ? line.dropFirst() : line
                return line == "." ? "" : line
            }
            return Keyring([.bytes(Array(lines.joined(separator: "\n").utf8), name: name)])
        }
        let words = value.split { $0 == "," || $0 == " " || $0 == "\n" || $0 == "\t" }.map(String.init)
        let files = words.filter { $0.hasPrefix("/") }
        let keys = words.filter { !$0.hasPrefix("/") }.map { $0.uppercased() }
        if files.isEmpty, keys.isEmpty { return nil }
        return Keyring(files.isEmpty ? Keyring.debian.parts : files.map(Keyring.Part.file), fingerprints: keys)
    }
}

/// The files in which a host names its apt sources.
package enum AptSources {
    /// The largest file that is read, in bytes.
    private static let limit = 4 << 20

    /// Reads `sources.list` and `sources.list.d`; sources of source packages and those switched off are left out.
    /// - Parameter directory: the host's `/etc/apt`.
    /// - Throws: ``DebianArchiveError``.
    package static func read(directory: String = "/etc/apt") throws(DebianArchiveError) -> [AptSource] {
        let files =
            try [directory + "/sources.list"]
            + AptFiles.names(in: directory + "/sources.list.d", suffixes: [".list", ".sources"])
        var out: [AptSource] = []
        for path in files {
            guard let bytes = try AptFiles.read(path, limit: limit) else { continue }
            out += path.hasSuffix(".sources") ? try parse(stanzas: bytes, path) : try parse(lines: bytes, path)
        }
        return out
    }

    /// The one-line form: `deb [option=value …] address suite component…`.
    static func parse(lines bytes: [UInt8], _ path: String) throws(DebianArchiveError) -> [AptSource] {
        var out: [AptSource] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let text = String(decoding: line.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
            var words = text.split { $0 == " " || $0 == "\t" || $0 == "\r" }[...]
            guard words.popFirst() == "deb" else { continue }
            let source: AptSource?
            do throws(AptProblem) { source = try parse(&words, path) } catch {
                throw .malformedSource(error, path: path, line: index + 1)
            }
            if let source { out.append(source) }
        }
        return out
    }

    private static func parse(
        _ words: inout ArraySlice<Substring>, _ path: String
    ) throws(AptProblem) -> AptSource? {
        var options: [Substring] = []
        if words.first?.hasPrefix("[") ?? false {
            var isClosed = false
            while !isClosed, var word = words.popFirst() {
                if options.isEmpty, word.hasPrefix("[") { word = word.dropFirst() }
                isClosed = word.hasSuffix("]")
                if isClosed { word = word.dropLast() }
                options.append(word)
            }
            guard isClosed else { throw .openBracket }
        }
        var signedBy: Keyring?
        for option in options {
            guard let equals = option.firstIndex(of: "=") else { continue }
            if option[..<equals].lowercased() == "signed-by" {
                signedBy = AptSource.keyring(String(option[option.index(after: equals)...]), name: path)
            }
        }
        guard let uri = words.popFirst() else { throw .noAddress }
        // A disc's name is in brackets and may have spaces; nothing can be fetched from it anyway.
        if uri.hasPrefix("cdrom:") { return nil }
        guard let suite = words.popFirst() else { throw .noSuite }
        guard !words.isEmpty || suite.hasSuffix("/") else { throw .noComponents }
        return AptSource(
            uris: [String(uri)], suites: [String(suite)], components: words.map(String.init), signedBy: signedBy)
    }

    /// The deb822 form: stanzas of fields.
    static func parse(stanzas bytes: [UInt8], _ path: String) throws(DebianArchiveError) -> [AptSource] {
        let stanzas: [Control]
        do throws(ControlError) {
            stanzas = try Control.stanzas(in: bytes, skipsComments: true)
        } catch {
            let line = bytes.prefix(error.offset).count { $0 == UInt8(ascii: "\n") } + 1
            throw .malformedSource(.control(error.diagnostic.message), path: path, line: line)
        }
        var out: [AptSource] = []
        var position = 0
        for stanza in stanzas {
            let start = offset(of: stanza, in: bytes, from: position)
            position = start + stanza.bytes.count
            let isOff = ["no", "false", "off", "0", "without", "disable"].contains(stanza["Enabled"]?.lowercased())
            guard !isOff, words(stanza["Types"]).contains("deb") else { continue }
            let source = AptSource(
                uris: words(stanza["URIs"]), suites: words(stanza["Suites"]), components: words(stanza["Components"]),
                signedBy: stanza["Signed-By"].flatMap { AptSource.keyring($0, name: path) })
            let problem: AptProblem? =
                source.uris.isEmpty
                ? .noAddress
                : source.suites.isEmpty
                    ? .noSuite
                    : source.components.isEmpty && !source.suites.allSatisfy { $0.hasSuffix("/") }
                        ? .noComponents : nil
            if let problem {
                let line = bytes.prefix(start).count { $0 == UInt8(ascii: "\n") } + 1
                throw .malformedSource(problem, path: path, line: line)
            }
            out.append(source)
        }
        return out
    }

    private static func words(_ text: String?) -> [String] {
        (text ?? "").split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }.map(String.init)
    }

    private static func offset(of stanza: Control, in bytes: [UInt8], from start: Int) -> Int {
        bytes.withUnsafeBytes { buffer in
            let last = buffer.count - stanza.bytes.count
            return (min(start, last)...last).first { buffer[$0...].starts(with: stanza.bytes) } ?? start
        }
    }
}

extension ControlError {
    /// Where in the text it is.
    fileprivate var offset: Int {
        switch self {
        case .missingColon(let offset), .badName(let offset), .strayContinuation(let offset),
            .duplicateField(_, let offset), .severalStanzas(let offset):
            offset
        case .empty: 0
        }
    }
}
