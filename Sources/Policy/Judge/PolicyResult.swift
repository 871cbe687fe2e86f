import ContentStore
package import Core
import ImageAnalysis

/// What came out of one rule: that it holds, or one place where it does not.
package struct PolicyResult: Sendable {
    package enum Outcome: Sendable, Hashable {
        case passed
        case failed
        /// It does not hold, and the policy asks for no more than to say so.
        case warned
        /// It does not hold, and that is allowed for a while.
        case excepted(reason: String, owner: String, expires: String)
    }

    /// A part of a text.
    package struct Place: Sendable, Hashable {
        package var file: String
        /// Counted from 1.
        package var firstLine: Int
        package var lastLine: Int
        /// Counted from 1, in bytes; nil for whole lines.
        package var column: Int?

        package init(file: String, firstLine: Int, lastLine: Int, column: Int? = nil) {
            self.file = file
            self.firstLine = firstLine
            self.lastLine = lastLine
            self.column = column
        }
    }

    package var rule: String
    package var outcome: Outcome
    /// A sentence without a full stop.
    package var message: String
    /// What to do.
    package var hint: String?
    /// Of the image's file that it is about.
    package var path: BytePath?
    /// Of the instruction that is guilty, else of what the policy says.
    package var place: Place?
    /// Of what the policy says.
    package var policyPlace: Place?

    package init(
        rule: String, outcome: Outcome, message: String, hint: String? = nil, path: BytePath? = nil,
        place: Place? = nil, policyPlace: Place? = nil
    ) {
        self.rule = rule
        self.outcome = outcome
        self.message = message
        self.hint = hint
        self.path = path
        self.place = place
        self.policyPlace = policyPlace
    }
}

extension PolicyResult.Place {
    /// The same, named from a directory if it is below: as version control, and readers of reports, name files.
    func seen(from directory: String) -> Self {
        var place = self
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        if file.hasPrefix(prefix) { place.file = String(file.dropFirst(prefix.count)) }
        while place.file.hasPrefix("./"), place.file.utf8.count > 2 { place.file.removeFirst(2) }
        return place
    }

    init(_ place: LayerCause.Place) {
        self.init(file: place.file, firstLine: place.firstLine, lastLine: place.lastLine)
    }

    init(_ span: SourceSpan) {
        let (line, column) = span.file.position(at: span.range.start)
        let last = span.file.position(at: max(span.range.start, span.range.end - 1)).line
        self.init(file: span.file.name, firstLine: line, lastLine: max(line, last), column: column)
    }
}

/// All that a policy says about an image.
package struct PolicyVerdict: Sendable {
    /// In the order of the rules.
    package var results: [PolicyResult]

    package init(results: [PolicyResult]) { self.results = results }

    package func count(where matches: (PolicyResult.Outcome) -> Bool) -> Int { results.count { matches($0.outcome) } }
    package var failures: Int { count { $0 == .failed } }
    package var warnings: Int { count { $0 == .warned } }
    package var isPassed: Bool { failures == 0 }

    /// The same, with files named from a directory where they are below it.
    package func seen(from directory: String) -> PolicyVerdict {
        PolicyVerdict(
            results: results.map { result in
                var result = result
                result.place = result.place?.seen(from: directory)
                result.policyPlace = result.policyPlace?.seen(from: directory)
                return result
            })
    }
}
