package import Core

/// Gathers the mistakes of a document while it is read, so that a person sees them all at once.
package final class YAMLReport {
    private var diagnostics: [Diagnostic] = []

    package init() {}

    package var isEmpty: Bool { diagnostics.isEmpty }

    /// Notes an error; its own place wins over `span`.
    package func add(_ error: any DiagnosticConvertible, at span: SourceSpan? = nil) {
        add(error.diagnostic, at: span)
    }

    package func add(_ diagnostic: Diagnostic, at span: SourceSpan? = nil) {
        diagnostics.append(diagnostic.within(span))
    }

    /// Parses a document and notes what is wrong with it.
    /// - Returns: nil when there is nothing to read.
    package func parse(_ source: SourceFile, limits: YAMLLimits = YAMLLimits()) -> YAMLNode? {
        do {
            let document = try YAMLDocument.parse(source, limits: limits)
            for error in document.errors { add(error) }
            return document.root
        } catch {
            add(error)
            return nil
        }
    }

    /// Reads a mapping with `body`, then notes the keys that `body` did not ask for.
    /// - Parameter what: the mapping's name in messages, such as "a recipe".
    /// - Returns: nil when the node is no mapping, or what `body` returns.
    package func mapping<Result>(
        _ node: YAMLNode, _ what: String, _ body: (YAMLMappingReader) -> Result?
    ) -> Result? {
        guard case .mapping(let pairs) = node.value else {
            if !node.isRefused { add(YAMLError(.notMapping(what: what, found: node.kind), at: node.span)) }
            return nil
        }
        let reader = YAMLMappingReader(pairs, at: node.span, what: what, report: self)
        let result = body(reader)
        reader.refuseUnknownKeys()
        return result
    }

    /// - Throws: `DiagnosticList`, in the order of the text, when anything was noted.
    package func check() throws(DiagnosticList) {
        guard !diagnostics.isEmpty else { return }
        let sorted = diagnostics.enumerated().sorted { left, right in
            let (l, r) = (left.element.span?.range.start ?? 0, right.element.span?.range.start ?? 0)
            return (l, left.offset) < (r, right.offset)
        }
        throw DiagnosticList(sorted.map(\.element))
    }
}
