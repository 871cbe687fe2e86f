// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
// https://distribution.github.io/distribution/spec/auth/token/
import HTTPTransport

/// One challenge of a `WWW-Authenticate` header.
struct Challenge: Hashable, Sendable {
    /// In lower case, such as `bearer`.
    var scheme: String
    /// Names in lower case.
    var parameters: [String: String]

    /// Reads all challenges of all such headers; what isn't understood is passed over.
    static func parse(_ headers: [String]) -> [Challenge] {
        headers.prefix(8).flatMap { parse(one: Array($0.utf8.prefix(8192))) }
    }

    /// Where to get the token that a registry asks for; nil for other challenges and for places that won't do.
    /// - Throws: `HTTPTransportError` for what is no URL.
    func realm(for endpoint: Endpoint) throws -> HTTPURL? {
        guard scheme == "bearer", let realm = parameters["realm"] else { return nil }
        let url = try endpoint.base.resolving(realm)
        // A token sent in the clear is everyone's, unless the registry is in the clear itself.
        return url.scheme == .https || endpoint.isInsecure ? url : nil
    }

    private static func parse(one bytes: [UInt8]) -> [Challenge] {
        var challenges: [Challenge] = []
        var index = 0
        while index < bytes.count {
            skip(bytes, &index) { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
            let word = token(bytes, &index)
            if word.isEmpty {
                index += 1
                continue
            }
            skip(bytes, &index) { $0 == 0x20 || $0 == 0x09 }
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
                challenges.append(Challenge(scheme: word.lowercased(), parameters: [:]))
                continue
            }
            index += 1
            skip(bytes, &index) { $0 == 0x20 || $0 == 0x09 }
            let value = value(bytes, &index)
            if let last = challenges.indices.last, challenges[last].parameters[word.lowercased()] == nil {
                challenges[last].parameters[word.lowercased()] = value
            }
        }
        return challenges
    }

    private static func skip(_ bytes: [UInt8], _ index: inout Int, while condition: (UInt8) -> Bool) {
        while index < bytes.count, condition(bytes[index]) { index += 1 }
    }

    private static func token(_ bytes: [UInt8], _ index: inout Int) -> String {
        let start = index
        skip(bytes, &index) { $0 > 0x20 && $0 < 0x7f && !"=,\"".utf8.contains($0) }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private static func value(_ bytes: [UInt8], _ index: inout Int) -> String {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return token(bytes, &index) }
        index += 1
        var text: [UInt8] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
            text.append(bytes[index])
            index += 1
        }
        index += 1
        return String(decoding: text, as: UTF8.self)
    }
}
