/// The parts of what FROM names, as hadolint takes them apart.
enum ImageName {
    /// Without tag and digest, and without the registry's host.
    static func bare(_ image: String) -> String {
        var rest = image[...]
        if let at = rest.firstIndex(of: "@") { rest = rest[..<at] }
        if let slash = rest.firstIndex(of: "/"), rest[..<slash].contains(where: { $0 == "." || $0 == ":" }) {
            rest = rest[rest.index(after: slash)...]
        }
        if let colon = rest.firstIndex(of: ":") { rest = rest[..<colon] }
        return String(rest)
    }
}
