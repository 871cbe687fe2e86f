/// An image that is made for building programs, not for running them.
struct ToolchainImage {
    /// What the programs are written in.
    let language: String
    /// The image's counterpart for running; nil where none goes without saying.
    let runtime: String?

    /// - Parameter reference: as FROM names it, variables replaced.
    init?(_ reference: String) {
        let image = ImageIdentity(reference)
        switch PathText.name(of: image.name) {
        case "golang": (language, runtime) = ("Go", nil)
        case "rust": (language, runtime) = ("Rust", nil)
        case "gcc", "buildpack-deps", "clang": (language, runtime) = ("C", nil)
        case "haskell": (language, runtime) = ("Haskell", nil)
        case "maven", "gradle": (language, runtime) = ("Java", nil)
        case "swift" where !image.tagParts.contains("slim"):
            let tag = image.tag.isEmpty || image.tag == "latest" ? "slim" : image.tag + "-slim"
            (language, runtime) = ("Swift", image.hasDigest ? nil : "\(Self.name(reference)):\(tag)")
        case "openjdk", "eclipse-temurin", "amazoncorretto", "ibm-semeru-runtimes":
            guard image.tagParts.contains("jdk") else { return nil }
            let tag = image.tagParts.map { $0 == "jdk" ? "jre" : String($0) }.joined(separator: "-")
            let hasRuntime = image.name == "eclipse-temurin" && !image.hasDigest
            (language, runtime) = ("Java", hasRuntime ? "\(Self.name(reference)):\(tag)" : nil)
        case "sdk" where image.name.hasPrefix("mcr.microsoft.com/dotnet"):
            let path = Self.name(reference).dropLast(3)
            (language, runtime) = (".NET", image.hasDigest || image.tag.isEmpty ? nil : "\(path)aspnet:\(image.tag)")
        default: return nil
        }
    }

    /// Without tag and digest.
    private static func name(_ reference: String) -> Substring {
        var rest = reference[...]
        if let at = rest.firstIndex(of: "@") { rest = rest[..<at] }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].utf8.contains(UInt8(ascii: "/")) {
            rest = rest[..<colon]
        }
        return rest
    }
}
