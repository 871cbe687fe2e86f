// https://www.debian.org/doc/debian-policy/ch-controlfields.html

/// One stanza of control data: the bytes and where its fields lie. Text is made when a field is asked for.
package struct Control: Sendable {
    /// The stanza's bytes, as they were.
    package let bytes: [UInt8]
    private let ranges: [(name: Range<Int>, value: Range<Int>)]

    private init(bytes: [UInt8], ranges: [(name: Range<Int>, value: Range<Int>)]) {
        self.bytes = bytes
        self.ranges = ranges
    }

    /// Reads bytes that hold one stanza, as a package's `control` does.
    /// - Throws: ``ControlError``; a field that comes twice is one.
    package init(parsing bytes: [UInt8]) throws(ControlError) {
        let stanzas = try Control.stanzas(in: bytes)
        guard let only = stanzas.first else { throw .empty }
        if stanzas.count > 1 { throw .severalStanzas(stanzas.count) }
        self = only
    }

    /// Reads any number of stanzas; each has its own copy of its bytes.
    /// - Parameter skipsComments: leaves out lines that start with `#`, as in files that people write.
    package static func stanzas(in bytes: [UInt8], skipsComments: Bool = false) throws(ControlError) -> [Control] {
        let result: Result<[Control], ControlError> = bytes.withUnsafeBytes { buffer in
            do throws(ControlError) {
                return .success(try scan(buffer, skipsComments: skipsComments))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func scan(
        _ buffer: UnsafeRawBufferPointer, skipsComments: Bool
    ) throws(ControlError) -> [Control] {
        var scanner = ControlScanner(buffer, skipsComments: skipsComments)
        var found: [Control] = []
        var ranges: [(name: Range<Int>, value: Range<Int>)] = []
        var names: Set<String> = []
        func finish() {
            guard let first = ranges.first, let last = ranges.last else { return }
            let base = first.name.lowerBound
            let shifted = ranges.map {
                (
                    ($0.name.lowerBound - base)..<($0.name.upperBound - base),
                    ($0.value.lowerBound - base)..<($0.value.upperBound - base)
                )
            }
            let stop = max(last.value.upperBound, last.name.upperBound + 1)
            found.append(Control(bytes: Array(buffer[base..<stop]), ranges: shifted))
            ranges = []
            names = []
        }
        while let item = try scanner.next() {
            switch item {
            case .separator: finish()
            case .field(let name, let value):
                let text = buffer.text(name)
                guard names.insert(text.lowercased()).inserted else {
                    throw .duplicateField(text, offset: name.lowerBound)
                }
                ranges.append((name, value))
            }
        }
        finish()
        return found
    }

    /// A field's value by its name, whose case does not matter: without space around it, continuation lines as they
    /// are.
    package subscript(field: String) -> String? {
        let wanted = Array(field.utf8)
        for (name, value) in ranges where name.count == wanted.count {
            let same = zip(bytes[name], wanted).allSatisfy { Self.lower($0) == Self.lower($1) }
            if same { return text(value) }
        }
        return nil
    }

    /// All fields in their order.
    package var fields: [(name: String, value: String)] { ranges.map { (text($0.name), text($0.value)) } }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
