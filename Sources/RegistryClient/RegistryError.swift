package import Core
import HTTPTransport
import OCI

/// What a registry refused or did wrong. Texts of servers are clipped and cleaned before they get here.
package enum RegistryError: DiagnosticConvertible, Equatable {
    /// What was asked for.
    package enum Subject: Equatable, Sendable {
        case manifest(String)
        case blob(Digest)
        case token
        case tags(String)
        case referrers(Digest)
        case manifestPush(String)
        case upload(Digest)

        var phrase: String {
            switch self {
            case .manifest(let name): "image \(name)"
            case .blob(let digest): "blob \(digest.short)"
            case .token: "an access token"
            case .tags(let repository): "tags of \(repository)"
            case .referrers(let digest): "referrers of \(digest.short)"
            case .manifestPush(let name): "to take image \(name)"
            case .upload(let digest): "to take blob \(digest.short)"
            }
        }

        /// Whether something was to be stored.
        var isPush: Bool {
            switch self {
            case .manifestPush, .upload: true
            case .manifest, .blob, .token, .tags, .referrers: false
            }
        }
    }

    case notFound(Subject, registry: String, details: [String])
    case unauthorized(Subject, registry: String, details: [String])
    case rateLimited(registry: String, retryAfter: Int?)
    case status(Int, Subject, registry: String, details: [String])
    case malformedToken(registry: String)
    /// A challenge of no kind that is known, or with a realm that may not be used.
    case unsupportedChallenge(registry: String)
    case manifestDigest(reference: String, expected: Digest, actual: Digest)
    /// The header that should name the digest can't be read.
    case digestHeader(reference: String)
    case manifestTooLarge(reference: String, limit: Int)
    case blobDigest(Digest, actual: Digest, registry: String)
    /// The server has another size than the descriptor; `actual` is what it announced or sent before it was cut.
    case blobSize(Digest, expected: Int, actual: Int, registry: String)
    /// The server answered a request for a part with another part.
    case wrongRange(Digest, registry: String)
    /// What was to be pushed isn't what its descriptor says; the registry got nothing it would keep.
    case contentDigest(Digest, actual: Digest)
    case contentSize(Digest, expected: Int, actual: Int64)
    /// An upload was begun or went on without a usable place to send to.
    case uploadLocation(Digest, registry: String)
    /// The registry forgot the upload again and again.
    case uploadLost(Digest, registry: String)
    /// A list that leads to another server, repeats itself or doesn't end.
    case paging(registry: String)
    /// A manifest to push as a referrer doesn't name that subject.
    case otherSubject(Digest, expected: Digest, actual: Digest?)
    /// The tag that stands in for a list of referrers holds something else, or others keep overwriting it.
    case fallbackTag(String, registry: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .notFound(let subject, let registry, let details) where subject.isPush:
            Diagnostic(
                code: "registry.not-found", "\(registry) has no place \(subject.phrase)", causes: details,
                hint: "check the name; some registries want the repository to be created first")
        case .notFound(.token, let registry, let details):
            Diagnostic(
                code: "registry.not-found", "the token server of \(registry) has nothing at the address that it named",
                causes: details, hint: "check the name and the port; it may be no registry at all")
        case .notFound(let subject, let registry, let details):
            Diagnostic(
                code: "registry.not-found", "\(registry) has no \(subject.phrase)", causes: details,
                hint: "check the name and the tag")
        case .unauthorized(let subject, let registry, let details) where subject.isPush:
            Diagnostic(
                code: "registry.unauthorized", "\(registry) refuses \(subject.phrase)", causes: details,
                hint: "log in with an account that may push to this repository")
        case .unauthorized(let subject, let registry, let details):
            Diagnostic(
                code: "registry.unauthorized", "\(registry) does not give out \(subject.phrase) without a login",
                causes: details, hint: "check the name; if it is private: sampan login \(registry)")
        case .rateLimited(let registry, let seconds):
            Diagnostic(
                code: "registry.rate-limited", "\(registry) limits how often it may be asked",
                hint: seconds.map { "try again in \($0) s, or use a mirror" } ?? "try again later, or use a mirror")
        case .status(let status, let subject, let registry, let details):
            Diagnostic(
                code: "registry.status", "\(registry) answered with status \(status) when asked for \(subject.phrase)",
                causes: details, hint: status >= 500 ? "try again later" : nil)
        case .malformedToken(let registry):
            Diagnostic(code: "registry.token", "the token server of \(registry) gave no usable token")
        case .unsupportedChallenge(let registry):
            Diagnostic(
                code: "registry.challenge", "\(registry) asks for a login of a kind that is not supported",
                hint: "Bearer with a realm over https, and Basic, are")
        case .manifestDigest(let reference, let expected, let actual):
            Diagnostic(
                code: "registry.manifest-digest", "the manifest of \(reference) is not what its digest says",
                causes: ["expected \(expected)", "received \(actual)"],
                hint: "the registry or something on the way changed it; nothing was kept")
        case .digestHeader(let reference):
            Diagnostic(
                code: "registry.digest-header", "the registry named no valid digest for the manifest of \(reference)")
        case .manifestTooLarge(let reference, let limit):
            Diagnostic(
                code: "registry.manifest-too-large", "the manifest of \(reference) is larger than \(limit) bytes")
        case .blobDigest(let digest, let actual, let registry):
            Diagnostic(
                code: "registry.blob-digest", "\(registry) sent other bytes than blob \(digest.short) has",
                causes: ["expected \(digest)", "received \(actual)"],
                hint: "the registry or something on the way changed it; nothing was kept")
        case .blobSize(let digest, let expected, let actual, let registry):
            Diagnostic(
                code: "registry.blob-size", "\(registry) sent another size than blob \(digest.short) has",
                causes: ["expected \(expected) bytes", "received \(actual) bytes"])
        case .wrongRange(let digest, let registry):
            Diagnostic(
                code: "registry.wrong-range", "\(registry) sent another part of blob \(digest.short) than asked for")
        case .contentDigest(let digest, let actual):
            Diagnostic(
                code: "registry.content-digest", "blob \(digest.short) changed before it could be pushed",
                causes: ["expected \(digest)", "read \(actual)"],
                hint: "the copy here is damaged; remove it and get the image again")
        case .contentSize(let digest, let expected, let actual):
            Diagnostic(
                code: "registry.content-size", "blob \(digest.short) has not the size that its image says",
                causes: ["expected \(expected) bytes", "there are \(actual) bytes"])
        case .uploadLocation(let digest, let registry):
            Diagnostic(
                code: "registry.upload-location", "\(registry) does not say where to send blob \(digest.short)",
                hint: "the registry, or a proxy before it, breaks the distribution specification")
        case .uploadLost(let digest, let registry):
            Diagnostic(
                code: "registry.upload-lost", "\(registry) lost what it had of blob \(digest.short) again and again",
                hint: "a registry of several servers needs a shared store; try again later")
        case .paging(let registry):
            Diagnostic(
                code: "registry.paging", "\(registry) gave a list whose pages do not end or lead elsewhere")
        case .otherSubject(let digest, let expected, let actual):
            Diagnostic(
                code: "registry.subject", "manifest \(digest.short) is not attached to \(expected.short)",
                causes: [actual.map { "it is attached to \($0.short)" } ?? "it names no subject"])
        case .fallbackTag(let tag, let registry):
            Diagnostic(
                code: "registry.fallback-tag", "the list of referrers under tag \(tag) of \(registry) can't be kept",
                hint: "the tag holds something else, or other programs write it at the same time; try again")
        }
    }
}

extension RegistryError {
    /// Makes the error for a response that is no success, reading what the registry says about it.
    static func reject(_ response: HTTPResponse, registry: String, subject: Subject) async -> RegistryError {
        let details = await Details.read(response)
        switch response.status {
        case 401, 403: return .unauthorized(subject, registry: registry, details: details)
        case 404, 410: return .notFound(subject, registry: registry, details: details)
        case 429:
            let seconds = response.headers["Retry-After"].flatMap { Int($0) }
            return .rateLimited(registry: registry, retryAfter: seconds)
        default: return .status(response.status, subject, registry: registry, details: details)
        }
    }
}

/// The error document of the distribution specification.
/// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
private struct Details: Decodable {
    struct Item: Decodable {
        var code: String?
        var message: String?
    }
    var errors: [Item]?

    /// Up to three lines `CODE: message`; none when the body is something else.
    static func read(_ response: HTTPResponse) async -> [String] {
        guard let bytes = try? await response.body.collect(limit: 64 << 10),
            let details = try? CanonicalJSON.decode(Details.self, from: bytes, kind: .response, limit: 64 << 10)
        else { return [] }
        return (details.errors ?? []).prefix(3).map { item in
            clean([item.code, item.message].compactMap { $0 }.joined(separator: ": "))
        }.filter { !$0.isEmpty }
    }

    /// Takes out what could play with a terminal.
    private static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(200).filter { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }))
    }
}
