package import Core

/// Why a text or parts are no package URL.
package enum PackageURLError: Error, Sendable, Hashable, DiagnosticConvertible {
    case noScheme
    case noName
    case badType(String)
    case badQualifier(String)
    case repeatedQualifier(String)
    case badEscape(String)
    case slashInSegment(String)
    /// Its bytes.
    case tooLong(Int)

    package var diagnostic: Diagnostic {
        let message =
            switch self {
            case .noScheme: "a package URL starts with pkg:"
            case .noName: "the package URL has no name"
            case .badType(let type): "'\(type)' is no type of a package URL"
            case .badQualifier(let key): "'\(key)' is no key of a package URL's qualifiers"
            case .repeatedQualifier(let key): "the package URL has the qualifier '\(key)' twice"
            case .badEscape(let text): "'\(text)' has an escape that gives no text"
            case .slashInSegment(let text): "the segment '\(text)' has a slash in it"
            case .tooLong(let count): "the package URL has \(count) bytes; \(PackageURL.lengthLimit) are the most"
            }
        return Diagnostic(
            code: "inventory.package-url", message,
            hint: "write it as pkg:TYPE/NAMESPACE/NAME@VERSION, such as pkg:golang/github.com/gorilla/mux@v1.8.0")
    }
}
