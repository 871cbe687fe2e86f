// https://www.rfc-editor.org/rfc/rfc8288
import HTTPTransport

/// Follows the `Link` headers of a list that comes in pages, and refuses lists that lead elsewhere or never end.
struct PageWalk {
    /// Pages of one list; more is taken for a trap.
    static let pageLimit = 4096

    private let registry: String
    private var seen: Set<String> = []

    init(registry: String, first: HTTPURL) {
        self.registry = registry
        seen = [first.target]
    }

    /// The next page after a response; nil after the last one.
    /// - Throws: ``RegistryError/paging(registry:)``.
    mutating func next(after response: HTTPResponse) throws -> HTTPURL? {
        guard let link = response.headers.values("Link").lazy.compactMap(Self.next).first else { return nil }
        guard let url = try? response.url.resolving(link), url.hasSameOrigin(as: response.url),
            seen.insert(url.target).inserted, seen.count <= Self.pageLimit
        else { throw RegistryError.paging(registry: registry) }
        return url
    }

    /// The target of `<…>; rel="next"` in one header, which may hold several links.
    static func next(_ header: String) -> String? {
        var rest = header.utf8.prefix(16 << 10)
        while let open = rest.firstIndex(of: UInt8(ascii: "<")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: ">"))
        {
            let after = rest[rest.index(after: close)...]
            let parameters = after.prefix { $0 != UInt8(ascii: "<") }
            let words = String(decoding: parameters, as: UTF8.self).lowercased()
                .split { $0 == ";" || $0 == "," || $0 == " " }
            if words.contains("rel=next") || words.contains(#"rel="next""#) {
                return String(decoding: rest[rest.index(after: open)..<close], as: UTF8.self)
            }
            rest = after[parameters.endIndex...]
        }
        return nil
    }
}
