// https://github.com/distribution/reference (grammar), https://github.com/opencontainers/distribution-spec

/// The name of an image on a registry: `registry/repository[:tag][@digest]`.
///
/// A short name means what it means to docker: `alpine` is `docker.io/library/alpine`.
package struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// Host and port, such as `docker.io` or `localhost:5000`.
    package var registry: String
    /// Path below the registry, such as `library/alpine`.
    package var repository: String
    package var tag: String?
    package var digest: Digest?

    package init(registry: String, repository: String, tag: String? = nil, digest: Digest? = nil) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// Reads a reference as people write it. Without tag and digest the tag is `latest`.
    package init(parsing text: String) throws(ReferenceError) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= 1024 else { throw .tooLong }
        var rest = Substring(text)
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            do { digest = try Digest(parsing: rest[rest.index(after: at)...]) } catch { throw .digest(error) }
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            let word = String(rest[rest.index(after: colon)...])
            guard Self.isTag(word) else { throw .malformedTag(word) }
            tag = word
            rest = rest[..<colon]
        }
        var registry = "docker.io"
        if let slash = rest.firstIndex(of: "/") {
            let head = rest[..<slash]
            if Self.namesRegistry(head) {
                guard Self.isRegistry(head) else { throw .malformedRegistry(String(head)) }
                registry = String(head)
                rest = rest[rest.index(after: slash)...]
            }
        }
        if registry == "index.docker.io" { registry = "docker.io" }
        var repository = String(rest)
        if rest.contains(where: \.isUppercase) { throw .uppercase(repository) }
        guard Self.isRepository(repository) else { throw .malformedRepository(repository) }
        if registry == "docker.io", !repository.contains("/") { repository = "library/" + repository }
        guard repository.utf8.count <= 255 else { throw .tooLong }
        self.init(
            registry: registry, repository: repository, tag: tag ?? (digest == nil ? "latest" : nil), digest: digest)
    }

    /// The full name that any tool understands.
    package var description: String {
        registry + "/" + repository + (tag.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// The name as docker prints it: without `docker.io/library/`, or without `docker.io/`, as far as it still reads
    /// back as the same.
    package var familiar: String {
        guard registry == "docker.io" else { return description }
        let parts = repository.split(separator: "/")
        if parts.count == 2, parts[0] == "library" { return String(description.dropFirst("docker.io/library/".count)) }
        if let first = parts.first, parts.count == 1 || Self.namesRegistry(first) { return description }
        return String(description.dropFirst("docker.io/".count))
    }

    /// Whether what stands before a name's first slash is a registry's host and not a part of the repository.
    private static func namesRegistry(_ head: Substring) -> Bool {
        head == "localhost" || head.contains(".") || head.contains(":") || head.contains(where: \.isUppercase)
    }

    static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return isWord(first)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isRegistry(_ text: Substring) -> Bool {
        var host = text
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { return false }
            let inside = text[text.index(after: text.startIndex)..<close]
            guard !inside.isEmpty, inside.utf8.allSatisfy({ $0 == UInt8(ascii: ":") || isHex($0) }) else {
                return false
            }
            host = text[text.index(after: close)...]
            if host.isEmpty { return true }
            guard host.first == ":" else { return false }
            return isPort(host.dropFirst())
        }
        if let colon = host.firstIndex(of: ":") {
            guard isPort(host[host.index(after: colon)...]) else { return false }
            host = host[..<colon]
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return label.utf8.allSatisfy { (isWord($0) && $0 != UInt8(ascii: "_")) || $0 == UInt8(ascii: "-") }
                && first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 5 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            && UInt16(text) != nil
    }

    /// Lower-case words joined by `.`, `_`, `__` or any number of `-`, separated by slashes.
    private static func isRepository(_ text: String) -> Bool {
        text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            var joint: [UInt8] = []
            var afterWord = false
            for byte in part.utf8 {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    guard joint.isEmpty || isJoint(joint) else { return false }
                    joint = []
                    afterWord = true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    guard afterWord else { return false }
                    joint.append(byte)
                default: return false
                }
            }
            return afterWord && joint.isEmpty
        }
    }

    private static func isJoint(_ bytes: [UInt8]) -> Bool {
        bytes == [UInt8(ascii: ".")] || bytes == [UInt8(ascii: "_")]
            || bytes == [UInt8(ascii: "_"), UInt8(ascii: "_")] || bytes.allSatisfy { $0 == UInt8(ascii: "-") }
    }
}

package enum ReferenceError: DiagnosticConvertible, Equatable {
    case empty
    case tooLong
    case uppercase(String)
    case malformedRegistry(String)
    case malformedRepository(String)
    case malformedTag(String)
    case digest(DigestError)

    package var diagnostic: Diagnostic {
        switch self {
        case .empty: Diagnostic(code: "reference.empty", "an image name is empty")
        case .tooLong: Diagnostic(code: "reference.too-long", "an image name is longer than 255 characters")
        case .uppercase(let name):
            Diagnostic(
                code: "reference.uppercase", "image name '\(name.prefix(200))' has upper-case letters",
                hint: "repository names are lower case: '\(name.prefix(200).lowercased())'")
        case .malformedRegistry(let name):
            Diagnostic(code: "reference.registry", "'\(name.prefix(200))' is not a registry's host and port")
        case .malformedRepository(let name):
            Diagnostic(
                code: "reference.repository", "'\(name.prefix(200))' is not an image name",
                hint: "a name is lower-case letters, digits and single . _ or - between them, parts separated by /")
        case .malformedTag(let tag):
            Diagnostic(
                code: "reference.tag", "'\(tag.prefix(200))' is not a tag",
                hint: "a tag is up to 128 letters, digits, _ . and -, and does not start with . or -")
        case .digest(let error): Diagnostic(code: "reference.digest", error.description)
        }
    }
}
