import Core
import DockerfileLint

/// A file that an editor has open, as it stands there.
struct OpenDocument {
    /// As the client writes it.
    let uri: String
    /// What the file is called; for a text without a file the whole URI.
    let name: String
    /// On disk, so that its build context can be looked into.
    let isFile: Bool
    private(set) var version: OrderedJSON
    private(set) var positions: TextPositions
    /// What was found in this text; nil when it was changed since.
    var checked: CheckedText?

    /// Bytes; a longer text is not looked at.
    static let limit = 16 << 20

    init(uri: String, version: OrderedJSON, text: String) {
        self.uri = uri
        self.version = version
        let path = FileURI.path(uri)
        name = path ?? uri
        isFile = path != nil
        positions = TextPositions(Array(text.utf8))
    }

    var bytes: [UInt8] { positions.bytes }
    var isTooLong: Bool { bytes.count > Self.limit }

    /// Makes one change of a `didChange`: of a range, or of everything.
    mutating func change(_ change: OrderedJSON) throws(RPCError) {
        guard let text = change["text"]?.string else { throw .invalidParameters("text") }
        checked = nil
        guard let json = change["range"], json != .null else {
            positions = TextPositions(Array(text.utf8))
            return
        }
        guard let range = positions.range(json) else { throw .invalidParameters("a range") }
        var bytes = positions.bytes
        bytes.replaceSubrange(range.start..<range.end, with: text.utf8)
        positions = TextPositions(bytes)
    }

    mutating func setVersion(_ version: OrderedJSON) { self.version = version }
}

/// A text with its tree and what was found in it.
struct CheckedText {
    var file: LintFile
    var findings: [Finding]
}

/// https://www.rfc-editor.org/rfc/rfc8089
enum FileURI {
    /// The path that a `file:` URI names on this machine; nil for other URIs.
    static func path(_ uri: String) -> String? {
        let bytes = Array(uri.utf8)
        let scheme = Array("file://".utf8)
        guard bytes.count > scheme.count, uri.prefix(scheme.count).lowercased() == "file://" else { return nil }
        var rest = bytes[scheme.count...]
        let host = Array("localhost".utf8)
        if rest.starts(with: host) { rest = rest.dropFirst(host.count) }
        guard rest.first == UInt8(ascii: "/") else { return nil }
        var out: [UInt8] = []
        var index = rest.startIndex
        while index < rest.endIndex {
            if rest[index] == UInt8(ascii: "%"), index + 2 < rest.endIndex, let high = HexDigit.value(rest[index + 1]),
                let low = HexDigit.value(rest[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(rest[index])
                index += 1
            }
        }
        guard !out.contains(0) else { return nil }
        return String(validating: out, as: UTF8.self)
    }
}
