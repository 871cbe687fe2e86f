package import Core

/// Reads the keys of one mapping. What is wrong goes into the report, and the value reads as nil; so a reader goes on
/// to the end and judges by the report.
package final class YAMLMappingReader {
    private let pairs: [String: YAMLPair]
    private let order: [YAMLPair]
    private let what: String
    private let report: YAMLReport
    private var known: [String] = []
    /// The whole mapping's place.
    package let span: SourceSpan

    init(_ pairs: [YAMLPair], at span: SourceSpan, what: String, report: YAMLReport) {
        self.pairs = Dictionary(pairs.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        order = pairs
        self.span = span
        self.what = what
        self.report = report
    }

    func refuseUnknownKeys() {
        for pair in order where !known.contains(pair.key) {
            report.add(YAMLError(.unknownKey(pair.key, what: what, known: known), at: pair.keySpan))
        }
    }

    /// The value of a key as it stands; nil when the key is absent, or its value empty or refused (which is reported).
    package func node(_ key: String) -> YAMLNode? {
        if !known.contains(key) { known.append(key) }
        guard let pair = pairs[key], !pair.value.isRefused else { return nil }
        if pair.value.isNull {
            report.add(YAMLError(.noValue(key: key), at: pair.keySpan))
            return nil
        }
        return pair.value
    }

    package func contains(_ key: String) -> Bool { pairs[key] != nil }

    /// Where a key stands; the mapping when it doesn't occur.
    package func keySpan(_ key: String) -> SourceSpan { pairs[key]?.keySpan ?? span }

    /// Notes that a key which must be there is missing.
    package func require(_ key: String) {
        if !known.contains(key) { known.append(key) }
        if pairs[key] == nil { report.add(YAMLError(.missingKey(key, what: what), at: span)) }
    }

    // MARK: Single values

    /// A value's text, exactly as written: `0644` and `1.10` stay what they are.
    package func string(_ key: String, required: Bool = false) -> String? {
        if required { require(key) }
        return node(key).flatMap { text($0, key) }
    }

    /// A text and what it means. An error that `parse` throws is reported at the value.
    package func value<Value>(
        _ key: String, required: Bool = false, _ parse: (String) throws -> Value
    ) -> Value? {
        if required { require(key) }
        guard let node = node(key), let text = text(node, key) else { return nil }
        return converted(text, node.span, parse)
    }

    package func bool(_ key: String) -> Bool? {
        guard let node = node(key), let text = text(node, key) else { return nil }
        if case .scalar(_, isPlain: true) = node.value {
            if text == "true" { return true }
            if text == "false" { return false }
        }
        report.add(YAMLError(.notBoolean(key: key, text: text), at: node.span))
        return nil
    }

    /// A decimal number without sign tricks, underscores or other bases.
    package func integer(_ key: String, in range: ClosedRange<Int>, required: Bool = false) -> Int? {
        if required { require(key) }
        guard let node = node(key), let text = text(node, key) else { return nil }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
            range.contains(number)
        {
            return number
        }
        report.add(YAMLError(.notInteger(key: key, text: text, range: range), at: node.span))
        return nil
    }

    // MARK: Lists

    package func list(_ key: String) -> [YAMLNode]? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let items) = node.value else {
            report.add(YAMLError(.wrongType(key: key, expected: "a list", found: node.kind), at: node.span))
            return nil
        }
        return items.filter { !$0.isRefused }
    }

    package func strings(_ key: String) -> [String]? {
        list(key)?.compactMap { item(of: key, $0) }
    }

    /// Each text of a list and what it means.
    package func values<Value>(_ key: String, _ parse: (String, SourceSpan) throws -> Value) -> [Value]? {
        list(key)?.compactMap { node in
            item(of: key, node).flatMap { text in converted(text, node.span) { try parse($0, node.span) } }
        }
    }

    /// The mappings of a list.
    package func mappings<Value>(_ key: String, _ what: String, _ body: (YAMLMappingReader) -> Value?) -> [Value]? {
        list(key)?.compactMap { report.mapping($0, what, body) }
    }

    /// The text of a list's item, which must be a single value.
    package func item(of key: String, _ node: YAMLNode) -> String? {
        if case .scalar(let text, _) = node.value, !node.isNull { return text }
        if !node.isRefused {
            report.add(YAMLError(.wrongItem(key: key, expected: "single values", found: node.kind), at: node.span))
        }
        return nil
    }

    // MARK: Mappings

    package func mapping<Value>(_ key: String, _ what: String, _ body: (YAMLMappingReader) -> Value?) -> Value? {
        node(key).flatMap { report.mapping($0, what, body) }
    }

    /// A mapping whose keys are the writer's to choose, in the order of the text; each value is a single one.
    package func texts(_ key: String) -> [(key: String, value: String, span: SourceSpan)]? {
        guard let node = node(key) else { return nil }
        guard case .mapping(let pairs) = node.value else {
            report.add(YAMLError(.wrongType(key: key, expected: "a mapping", found: node.kind), at: node.span))
            return nil
        }
        return pairs.compactMap { pair in
            if pair.value.isNull {
                report.add(YAMLError(.noValue(key: pair.key), at: pair.keySpan))
                return nil
            }
            return text(pair.value, pair.key).map { (pair.key, $0, pair.keySpan) }
        }
    }

    // MARK: Conversion

    private func text(_ node: YAMLNode, _ key: String) -> String? {
        if case .scalar(let text, _) = node.value { return text }
        if !node.isRefused {
            report.add(YAMLError(.wrongType(key: key, expected: "a single value", found: node.kind), at: node.span))
        }
        return nil
    }

    private func converted<Value>(_ text: String, _ span: SourceSpan, _ parse: (String) throws -> Value) -> Value? {
        do {
            return try parse(text)
        } catch {
            report.add(Diagnostic(explaining: error), at: Self.masked(span))
            return nil
        }
    }

    /// A place whose text is shown: without the name and password of an address in it.
    private static func masked(_ span: SourceSpan) -> SourceSpan {
        var bytes = span.file.bytes
        let text = bytes[span.range.start..<span.range.end]
        guard let scheme = text.firstRange(of: Array("://".utf8)) else { return span }
        let authority = text[scheme.upperBound...].prefix { $0 != UInt8(ascii: "/") }
        guard let end = authority.lastIndex(of: UInt8(ascii: "@")) else { return span }
        for index in authority.startIndex..<end { bytes[index] = UInt8(ascii: "*") }
        return SourceSpan(SourceFile(name: span.file.name, bytes: bytes), span.range)
    }
}
