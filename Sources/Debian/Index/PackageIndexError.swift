package import Core
package import Inventory

/// What is wrong with one stanza of an index.
package enum StanzaProblem: Error, Equatable, Sendable {
    case control(ControlError)
    case missing(String)
    case badValue(String, String)
    case badVersion(String, DebianVersionError)
    case badRelation(String, RelationError)

    var text: String {
        switch self {
        case .control(let error): error.diagnostic.message
        case .missing(let field): "field '\(field)' is missing"
        case .badValue(let field, let value): "field '\(field)' has the value '\(value)'"
        case .badVersion(let field, let error): "field '\(field)': \(error.diagnostic.message)"
        case .badRelation(let field, let error): "field '\(field)': \(error.diagnostic.message)"
        }
    }
}

/// Why a Packages file can't be used.
package enum PackageIndexError: DiagnosticConvertible, Equatable {
    /// More bytes than offsets of 32 bits reach.
    case tooLarge(suite: String, bytes: Int)
    /// A stanza without a `Package` field at its start, at a line (from 1).
    case namelessStanza(suite: String, line: Int)
    /// A stanza that can't be read, at a line (from 1) of the file.
    case brokenStanza(suite: String, package: String, line: Int, StanzaProblem)

    package var diagnostic: Diagnostic {
        let hint = "the archive's index is broken: try another mirror"
        switch self {
        case .tooLarge(let suite, let bytes):
            return Diagnostic(
                code: "debian.index", "the package index of \(suite) is too large: \(bytes) bytes", hint: hint)
        case .namelessStanza(let suite, let line):
            return Diagnostic(
                code: "debian.index", "the package index of \(suite) has a stanza without 'Package' at line \(line)",
                hint: hint)
        case .brokenStanza(let suite, let package, let line, let problem):
            return Diagnostic(
                code: "debian.index",
                "the package index of \(suite) has a broken entry for '\(package)' at line \(line)",
                causes: [problem.text], hint: hint)
        }
    }
}
