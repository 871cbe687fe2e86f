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
    /// What of the policy is to be shown with it; nil when it is not about the policy.
    package var excerpt: SourceSpan?
    /// Bytes of what it is about: of many findings the heaviest are told first.
    package var weight: Int64 = 0
    /// Whether what the rule must know is not known.
    package var isUnjudged = false
    /// Findings that it stands for: more than one when they were only counted.
    package var count = 1

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
    init(_ place: LayerCause.Place) {
        self.init(file: place.file, firstLine: place.firstLine, lastLine: place.lastLine)
    }

    /// - Parameter directory: of the program, which the names of the policy's files go from; nil leaves them as they are.
    init(_ span: SourceSpan, from directory: String? = nil) {
        let (line, column) = span.file.position(at: span.range.start)
        let last = span.file.position(at: max(span.range.start, span.range.end - 1)).line
        let name = span.file.name
        let file = directory.map { name.hasPrefix("/") ? name : $0 + "/" + name } ?? name
        self.init(file: file, firstLine: line, lastLine: max(line, last), column: column)
    }
}

/// All that a policy says about an image.
package struct PolicyVerdict: Sendable {
    /// In the order of the rules.
    package var results: [PolicyResult]

    package init(results: [PolicyResult]) { self.results = results }

    package func count(where matches: (PolicyResult.Outcome) -> Bool) -> Int {
        results.reduce(0) { $0 + (matches($1.outcome) ? $1.count : 0) }
    }
    /// Findings that only say what is not known.
    package var unjudged: Int { results.count { $0.isUnjudged } }
    package var failures: Int { count { $0 == .failed } }
    package var warnings: Int { count { $0 == .warned } }
    package var isPassed: Bool { failures == 0 }

    /// The same, with files called otherwise.
    package func namingFiles(_ name: (String) -> String) -> PolicyVerdict {
        PolicyVerdict(
            results: results.map { result in
                var result = result
                if let place = result.place { result.place?.file = name(place.file) }
                if let place = result.policyPlace { result.policyPlace?.file = name(place.file) }
                return result
            })
    }
}
