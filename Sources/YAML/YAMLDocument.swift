import CYAML
// https://yaml.org/spec/1.1/ (what libyaml reads)
package import Core

/// The root of a document, and what was refused on the way to it.
package struct YAMLDocument: Sendable {
    package var root: YAMLNode
    /// Aliases, tags, duplicate keys: mistakes after which reading could go on.
    package var errors: [YAMLError]

    /// Reads a text that holds exactly one document.
    ///
    /// Time and memory are bounded by `limits`, whatever the text.
    /// - Throws: ``YAMLError`` for what can't be read past.
    package static func parse(
        _ source: SourceFile, limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> YAMLDocument {
        guard source.bytes.count <= limits.size else {
            throw YAMLError(.tooLarge(limit: limits.size), at: SourceSpan(source, SourceRange(0, 0)))
        }
        let events = EventReader(source)
        var builder = TreeBuilder(source: source, limits: limits)
        while true {
            guard try builder.take(try events.next()) else { break }
        }
        return try builder.finish()
    }
}

/// One step of libyaml's parser with its place.
struct Event {
    enum Kind {
        case streamStart, streamEnd
        case documentStart(hasTags: Bool)
        case documentEnd
        case alias(String)
        case scalar(String, isPlain: Bool, anchor: String?, tag: String?)
        case sequenceStart(anchor: String?, tag: String?)
        case mappingStart(anchor: String?, tag: String?)
        /// Of a list or a mapping. In block style the end mark lies beyond the content.
        case collectionEnd
    }

    var kind: Kind
    var range: SourceRange
}

/// Makes a tree of events, iteratively.
private struct TreeBuilder {
    private struct Frame {
        var isMapping: Bool
        var start: Int
        var items: [YAMLNode] = []
        var pairs: [YAMLPair] = []
        var lines: [String: Int] = [:]
        /// A mapping's key that waits for its value; nil in `key` when the key was refused.
        var pending: (key: String?, span: SourceSpan)?
    }

    let source: SourceFile
    let limits: YAMLLimits
    private var stack: [Frame] = []
    private var root: YAMLNode?
    private var errors: [YAMLError] = []
    private var nodes = 0

    init(source: SourceFile, limits: YAMLLimits) {
        self.source = source
        self.limits = limits
    }

    private func span(_ range: SourceRange) -> SourceSpan { SourceSpan(source, range) }

    /// Returns false at the end of the stream.
    mutating func take(_ event: Event) throws(YAMLError) -> Bool {
        let place = span(event.range)
        switch event.kind {
        case .streamStart, .documentEnd: break
        case .streamEnd: return false
        case .documentStart(let hasTags):
            if root != nil { throw YAMLError(.severalDocuments, at: place) }
            if hasTags { errors.append(YAMLError(.directive, at: place)) }
        case .alias(let name):
            errors.append(YAMLError(.alias(name), at: place))
            try add(YAMLNode(.refused, at: place))
        case .scalar(let text, let isPlain, let anchor, let tag):
            let refused = refuse(anchor: anchor, tag: tag, at: place)
            try add(YAMLNode(refused ? .refused : .scalar(text, isPlain: isPlain), at: place))
        case .sequenceStart(let anchor, let tag):
            _ = refuse(anchor: anchor, tag: tag, at: place)
            try open(isMapping: false, at: place)
        case .mappingStart(let anchor, let tag):
            _ = refuse(anchor: anchor, tag: tag, at: place)
            try open(isMapping: true, at: place)
        case .collectionEnd: try close(event.range)
        }
        return true
    }

    private mutating func refuse(anchor: String?, tag: String?, at place: SourceSpan) -> Bool {
        if let anchor { errors.append(YAMLError(.anchor(anchor), at: place)) }
        if let tag { errors.append(YAMLError(.tag(tag), at: place)) }
        return anchor != nil || tag != nil
    }

    private mutating func open(isMapping: Bool, at place: SourceSpan) throws(YAMLError) {
        guard stack.count < limits.depth else { throw YAMLError(.tooDeep(limit: limits.depth), at: place) }
        stack.append(Frame(isMapping: isMapping, start: place.range.start))
    }

    private mutating func close(_ end: SourceRange) throws(YAMLError) {
        guard let frame = stack.popLast() else { return }
        let last = frame.isMapping ? frame.pairs.last?.value.span.range.end : frame.items.last?.span.range.end
        // A flow collection ends with its bracket, a block one with its last value.
        let place = span(SourceRange(frame.start, end.isEmpty ? last ?? frame.start : end.end))
        try add(YAMLNode(frame.isMapping ? .mapping(frame.pairs) : .sequence(frame.items), at: place))
    }

    private mutating func add(_ node: YAMLNode) throws(YAMLError) {
        nodes += 1
        guard nodes <= limits.nodes else { throw YAMLError(.tooManyNodes(limit: limits.nodes), at: node.span) }
        guard let top = stack.indices.last else {
            root = node
            return
        }
        guard stack[top].isMapping else {
            stack[top].items.append(node)
            return
        }
        guard let pending = stack[top].pending else {
            stack[top].pending = (key(node, in: top), node.span)
            return
        }
        stack[top].pending = nil
        if let key = pending.key {
            stack[top].pairs.append(YAMLPair(key: key, keySpan: pending.span, value: node))
        }
    }

    private mutating func key(_ node: YAMLNode, in top: Int) -> String? {
        switch node.value {
        case .refused: return nil
        case .scalar(let text, _):
            if let line = stack[top].lines[text] {
                errors.append(YAMLError(.duplicateKey(text, firstLine: line), at: node.span))
                return nil
            }
            stack[top].lines[text] = source.position(at: node.span.range.start).line
            return text
        case .sequence, .mapping:
            errors.append(YAMLError(.keyNotScalar, at: node.span))
            return nil
        }
    }

    func finish() throws(YAMLError) -> YAMLDocument {
        guard let root else { throw YAMLError(.noDocument, at: span(SourceRange(0, 0))) }
        return YAMLDocument(root: root, errors: errors)
    }
}
