// https://github.com/hadolint/hadolint
import DockerfileSyntax

/// The parts of an image's name as hadolint cuts them.
///
/// It is not how an image is looked up: only a part with a dot is a registry, with all before it, and of a name with a port but
/// without a dot the port begins the tag. Rules that are to agree with hadolint have to see names so.
struct HadolintImage {
    /// Nil for images of the default registry.
    let registry: Substring?
    /// Without registry, tag and digest.
    let name: Substring
    let tag: Substring?
    let digest: Substring?

    init(_ text: String) {
        var rest = text[...]
        var registry: Substring?
        // The shortest part before a slash that has a dot in it, other slashes or not.
        if let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")), dot > rest.startIndex,
            let slash = rest.utf8[dot...].firstIndex(of: UInt8(ascii: "/")), slash > rest.utf8.index(after: dot)
        {
            registry = rest[..<slash]
            rest = rest[rest.utf8.index(after: slash)...]
        }
        self.registry = registry
        var digest: Substring?
        if let at = rest.utf8.firstIndex(of: UInt8(ascii: "@")) {
            digest = rest[rest.utf8.index(after: at)...]
            rest = rest[..<at]
        }
        self.digest = digest
        // A variable's default may hold a colon: `${TAG:-1}`.
        guard let colon = Self.colon(rest) else {
            name = rest
            tag = nil
            return
        }
        name = rest[..<colon]
        tag = rest[rest.utf8.index(after: colon)...]
    }

    private static func colon(_ text: Substring) -> Substring.Index? {
        guard text.utf8.first == UInt8(ascii: "$") else { return text.utf8.firstIndex(of: UInt8(ascii: ":")) }
        var depth = 0
        for index in text.utf8.indices {
            switch text.utf8[index] {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ":") where depth == 0: return index
            default: break
            }
        }
        return nil
    }
}

extension FromCommand {
    /// The image's name, taken apart.
    var hadolintImage: HadolintImage { HadolintImage(image.text) }
    /// What later stages call this one; without `AS` hadolint takes the image's own name.
    var hadolintName: Substring { name?.text[...] ?? hadolintImage.name }
}
