// https://www.freedesktop.org/software/systemd/man/latest/os-release.html

/// What an image calls its distribution.
struct Distribution: Hashable {
    /// Such as `debian`; nil when nothing says.
    var id: String?
    var version: String?

    init(_ content: [UInt8]) {
        for line in Lines(content) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = Self.unquoted(line[(equals + 1)...])
            switch String(decoding: line[..<equals], as: UTF8.self) {
            case "ID" where !value.isEmpty: id = value
            case "VERSION_ID" where !value.isEmpty: version = value
            default: break
            }
        }
    }

    /// The value of the qualifier `distro`, such as `debian-12`.
    var qualifier: String? {
        guard let id else { return nil }
        return version.map { id + "-" + $0 } ?? id
    }

    private static func unquoted(_ value: ArraySlice<UInt8>) -> String {
        var value = value.trimmed
        if let first = value.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"), value.count > 1,
            value.last == first
        {
            value = value.dropFirst().dropLast()
        }
        return String(decoding: value, as: UTF8.self)
    }
}
