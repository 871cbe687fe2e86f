// https://pyyaml.org/wiki/LibYAML
import CYAML
import Core

/// Pulls events out of libyaml and turns its marks, which count characters, into byte ranges.
final class EventReader {
    private let source: SourceFile
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// libyaml keeps a pointer to the text.
    private let text: UnsafeMutableBufferPointer<UInt8>
    /// The byte offset of each character; empty when every character is one byte.
    private let offsets: [Int]

    init(_ source: SourceFile) {
        self.source = source
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        text = .allocate(capacity: max(1, source.bytes.count))
        _ = text.initialize(from: source.bytes)
        offsets = Self.characterOffsets(source.bytes)
        // Without memory for the parser every call on it fails, which the first event reports.
        guard yaml_parser_initialize(parser) == 1 else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, source.bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    private static func characterOffsets(_ bytes: [UInt8]) -> [Int] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return [] }
        return bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    }

    private func offset(_ mark: yaml_mark_t) -> Int {
        let index = Int(clamping: mark.index)
        guard !offsets.isEmpty else { return min(index, source.bytes.count) }
        return offsets[min(index, offsets.count - 1)]
    }

    func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        var range = SourceRange(offset(event.start_mark), offset(event.end_mark))
        let kind: Event.Kind
        switch event.type {
        case YAML_STREAM_START_EVENT: kind = .streamStart
        case YAML_DOCUMENT_START_EVENT:
            let directives = event.data.document_start.tag_directives
            kind = .documentStart(hasTags: directives.start != directives.end)
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_ALIAS_EVENT: kind = .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(
                String(decoding: value, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
                anchor: string(scalar.anchor), tag: string(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            kind = .sequenceStart(anchor: string(start.anchor), tag: string(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            kind = .mappingStart(anchor: string(start.anchor), tag: string(start.tag))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: kind = .collectionEnd
        default:
            kind = .streamEnd
            range = SourceRange(source.bytes.count, source.bytes.count)
        }
        return Event(kind: kind, range: range)
    }

    private func string(_ text: UnsafePointer<yaml_char_t>?) -> String? {
        text.map { String(decodingCString: $0, as: UTF8.self) }
    }

    private func failure() -> YAMLError {
        let parser = parser.pointee
        let start =
            parser.error == YAML_READER_ERROR
            ? min(Int(clamping: parser.problem_offset), source.bytes.count) : offset(parser.problem_mark)
        let place = SourceSpan(source, SourceRange(start, min(start + 1, source.bytes.count)))
        if start < source.bytes.count, source.bytes[start] == UInt8(ascii: "\t") { return YAMLError(.tab, at: place) }
        let problem = parser.problem.map { String(cString: $0) } ?? "no memory"
        let line = offsetLine(parser.context_mark)
        let context = parser.context.map { "\(String(cString: $0)) that starts in line \(line)" }
        return YAMLError(.syntax(problem: problem, context: context), at: place)
    }

    private func offsetLine(_ mark: yaml_mark_t) -> Int { source.position(at: offset(mark)).line }
}
