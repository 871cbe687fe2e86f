/// Something a person must know: what happened, where, why, and what to do about it.
///
/// It is the one error type that crosses module borders towards the terminal; errors that code decides on are enums
/// of their own which convert with ``DiagnosticConvertible``.
package struct Diagnostic: Error, Sendable, CustomStringConvertible {
    package enum Severity: String, Sendable, Comparable {
        case note, warning, error

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    package var severity: Severity
    /// A stable name for programs, such as `dockerfile.unknown-instruction`.
    package var code: String
    /// One sentence without a final full stop.
    package var message: String
    package var span: SourceSpan?
    /// From near to far.
    package var causes: [String]
    package var hint: String?
    /// The exit status that the command should end with.
    package var exitCode: Int32

    package init(
        _ severity: Severity = .error, code: String, _ message: String, at span: SourceSpan? = nil,
        causes: [String] = [], hint: String? = nil, exitCode: Int32 = 2
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.span = span
        self.causes = causes
        self.hint = hint
        self.exitCode = exitCode
    }

    package var description: String { DiagnosticRenderer().render(self) }
}

/// Several diagnostics at once, as a parser that reports all its errors gives them.
package struct DiagnosticList: Error, Sendable {
    package var diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

/// An error of some module that knows how to explain itself.
package protocol DiagnosticConvertible: Error {
    var diagnostic: Diagnostic { get }
}

extension Diagnostic {
    /// Makes any error explainable, keeping what it knows.
    package init(explaining error: any Error) {
        switch error {
        case let diagnostic as Diagnostic: self = diagnostic
        case let convertible as any DiagnosticConvertible: self = convertible.diagnostic
        case let list as DiagnosticList where !list.diagnostics.isEmpty: self = list.diagnostics[0]
        case is CancellationError:
            self = Diagnostic(code: "interrupted", "interrupted", exitCode: 130)
        default: self = Diagnostic(code: "internal", "\(error)")
        }
    }

    /// The same with one more cause and, where there is none yet, a place.
    package func within(_ span: SourceSpan?) -> Diagnostic {
        var copy = self
        if copy.span == nil { copy.span = span }
        return copy
    }
}
