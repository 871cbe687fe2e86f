// https://www.rfc-editor.org/rfc/rfc3986

/// An absolute `http` or `https` URL, checked and normalised. A user and password in it are kept apart as a secret and
/// never printed.
package struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http, https

        /// The port that is meant when none is given.
        package var port: Int { self == .http ? 80 : 443 }
    }

    package var scheme: Scheme
    /// In lower case; an IPv6 address is in brackets.
    package var host: String
    /// Nil for the scheme's own.
    package var port: Int?
    /// Path and query, percent-encoded, starting with a slash.
    package var target: String
    /// `user:password`, decoded.
    package var credentials: Secret?

    /// - Parameters:
    ///   - authority: host and optional port, such as `localhost:5000`.
    ///   - target: path and query; characters that a URL can't hold are percent-encoded.
    package init(scheme: Scheme, authority: String, target: String) throws(HTTPTransportError) {
        self = try HTTPURL(parsing: "\(scheme.rawValue)://\(authority)\(target)")
    }

    /// Reads an absolute URL. A fragment is dropped.
    /// - Throws: ``HTTPTransportError/invalidURL(_:)`` or ``HTTPTransportError/unsupportedScheme(_:)``.
    package init(parsing text: String) throws(HTTPTransportError) {
        let invalid = HTTPTransportError.invalidURL(Self.redacted(text))
        guard text.utf8.count <= 16 << 10, let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw invalid
        }
        let scheme = text[..<colon].lowercased()
        guard text.utf8[colon...].starts(with: "://".utf8) else { throw invalid }
        guard let scheme = Scheme(rawValue: scheme) else { throw .unsupportedScheme(String(scheme.prefix(40))) }
        let rest = text.utf8[text.utf8.index(colon, offsetBy: 3)...]
        guard rest.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { throw invalid }
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        var authority = rest[..<(end ?? rest.endIndex)]
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            let decoded = PercentEncoding.decode(String(decoding: authority[..<at], as: UTF8.self))
            guard let decoded else { throw invalid }
            credentials = Secret(decoded)
            authority = authority[authority.index(after: at)...]
        }
        guard let (host, port) = Self.split(authority: String(decoding: authority, as: UTF8.self)) else {
            throw invalid
        }
        self.scheme = scheme
        self.host = host
        self.port = port == scheme.port ? nil : port
        let tail = rest[(end ?? rest.endIndex)...].prefix { $0 != UInt8(ascii: "#") }
        target = Self.encode(tail)
    }

    /// Without credentials.
    package var description: String { "\(scheme.rawValue)://\(authority)\(target)" }

    /// Without credentials and without the query, which often carries a signature: fit for messages.
    package var redacted: String {
        let path = target.prefix { $0 != "?" }
        return "\(scheme.rawValue)://\(authority)\(path)" + (path.utf8.count < target.utf8.count ? "?…" : "")
    }

    /// Host and port as a registry is named by.
    package var authority: String { port.map { "\(host):\($0)" } ?? host }

    /// True when both lead to the same server under the same scheme, so that a credential for one is for the other.
    package func hasSameOrigin(as other: HTTPURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// True for `localhost`, `127.0.0.0/8` and `[::1]`.
    package var isLoopback: Bool { Self.isLoopback(host: host) }

    package static func isLoopback(host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The last part of the path, decoded; nil when there is none that could name a file.
    package var fileName: String? {
        let path = target.prefix { $0 != "?" }
        let last = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path
        return PercentEncoding.decode(last).flatMap(FileName.safe)
    }

    /// Follows a `Location`: absolute, or relative in any of its forms.
    /// - Throws: ``HTTPTransportError``.
    package func resolving(_ location: String) throws(HTTPTransportError) -> HTTPURL {
        if let colon = location.firstIndex(of: ":"), location[colon...].hasPrefix("://"),
            location[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        {
            return try HTTPURL(parsing: location)
        }
        if location.hasPrefix("//") { return try HTTPURL(parsing: "\(scheme.rawValue):\(location)") }
        guard location.utf8.count <= 16 << 10, location.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw .invalidURL(Self.redacted(location))
        }
        var result = self
        let reference = location.utf8.prefix { $0 != UInt8(ascii: "#") }
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        switch reference.first {
        case nil: break
        case UInt8(ascii: "/"): result.target = Self.encode(reference)
        case UInt8(ascii: "?"):
            result.target = String(decoding: path, as: UTF8.self) + Self.encode(reference).dropFirst()
        default:
            let base = path.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? path[...]
            result.target = Self.encode(Array(base) + Array(reference))
        }
        result.target = Self.removeDots(result.target)
        return result
    }

    private static func split(authority: String) -> (host: String, port: Int?)? {
        var host = Substring(authority)
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            let digits = authority[authority.index(after: colon)...]
            host = authority[..<colon]
            if !digits.isEmpty {
                guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = UInt16(digits), number > 0
                else { return nil }
                port = Int(number)
            }
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inside = host.utf8.dropFirst().dropLast()
            guard !inside.isEmpty,
                inside.allSatisfy({ PercentEncoding.isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { return nil }
        } else {
            guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(isHost) else { return nil }
        }
        return (host.lowercased(), port)
    }

    private static func isHost(_ byte: UInt8) -> Bool {
        PercentEncoding.isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }

    /// Percent-encodes what may not stand in a path or query; escapes that are there stay.
    private static func encode(_ bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 1)
        if bytes.first != UInt8(ascii: "/") { out.append(UInt8(ascii: "/")) }
        for (index, byte) in bytes.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "%") && index + 2 < bytes.count && PercentEncoding.isHex(bytes[index + 1])
                && PercentEncoding.isHex(bytes[index + 2])
            if isEscape || PercentEncoding.isAlphanumeric(byte) || "-._~!$&'()*+,;=:@/?".utf8.contains(byte) {
                out.append(byte)
            } else {
                PercentEncoding.append(byte, to: &out)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Takes `.` and `..` out of the path.
    private static func removeDots(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        var kept: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(part)
            }
        }
        return "/" + kept.joined(separator: "/") + target[path.endIndex...]
    }

    /// A text that failed to be a URL, fit for a message: without what may be a password or a signature.
    private static func redacted(_ text: String) -> String {
        let text = text.prefix(200).prefix { $0 != "?" }
        guard let at = text.lastIndex(of: "@") else { return String(text) }
        let scheme = text[..<at].firstIndex(of: ":").map { text[...$0] + "//" } ?? ""
        return scheme + "***" + text[at...]
    }
}
