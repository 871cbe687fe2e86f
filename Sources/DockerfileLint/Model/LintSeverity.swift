/// How much a finding matters, in hadolint's words.
package enum LintSeverity: String, Sendable, CaseIterable, Comparable {
    case error, warning, info, style
    /// A rule that is off unless somebody turns it on.
    case ignore

    package static func < (left: LintSeverity, right: LintSeverity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .ignore: 0
        case .style: 1
        case .info: 2
        case .warning: 3
        case .error: 4
        }
    }
}
