// https://www.debian.org/doc/debian-policy/ch-relationships.html#syntax-of-relationship-fields
package import Core
package import Inventory

/// Reads the relation fields of binary packages. Those of sources have restrictions (`[amd64]`, `<!nocheck>`), which
/// are refused here.
package enum RelationParser {
    /// Reads a field whose parts may have alternatives: Depends, Pre-Depends, Recommends.
    package static func dependencies(_ field: String) throws(RelationError) -> [Dependency] {
        try withBytes(field) { bytes throws(RelationError) in try dependencies(bytes, 0..<bytes.count) }
    }

    /// Reads a field without alternatives: Conflicts, Breaks, Replaces, Provides.
    package static func relations(_ field: String) throws(RelationError) -> [Relation] {
        try withBytes(field) { bytes throws(RelationError) in try relations(bytes, 0..<bytes.count) }
    }

    static func dependencies(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) throws(RelationError) -> [Dependency] {
        var reader = RelationReader(bytes, range)
        var found: [Dependency] = []
        // Commas at the ends or in a row are what generators leave behind; dpkg and apt skip them.
        while reader.skipCommas() {
            var alternatives = [try reader.relation()]
            while reader.take(UInt8(ascii: "|")) { alternatives.append(try reader.relation()) }
            found.append(Dependency(alternatives))
            try reader.expectEnd()
        }
        return found
    }

    static func relations(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(RelationError) -> [Relation] {
        var reader = RelationReader(bytes, range)
        var found: [Relation] = []
        while reader.skipCommas() {
            found.append(try reader.relation())
            try reader.expectEnd()
        }
        return found
    }

    private static func withBytes<Value>(
        _ field: String, _ body: (UnsafeRawBufferPointer) throws(RelationError) -> Value
    ) throws(RelationError) -> Value {
        let result: Result<Value, RelationError> = Array(field.utf8).withUnsafeBytes { bytes in
            do throws(RelationError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// A cursor in a relation field.
private struct RelationReader {
    private let bytes: UnsafeRawBufferPointer
    private let range: Range<Int>
    private var position: Int

    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        position = range.lowerBound
    }

    /// Goes to the next relation; false when there is none.
    mutating func skipCommas() -> Bool {
        while let byte = peek(), byte == UInt8(ascii: ",") { position += 1 }
        return position < range.upperBound
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Nothing may follow a relation but a comma or the end.
    mutating func expectEnd() throws(RelationError) {
        if let byte = peek(), byte != UInt8(ascii: ",") { throw fail(.unexpected(byte)) }
    }

    mutating func relation() throws(RelationError) -> Relation {
        _ = peek()
        let name = word { $0.isNameByte }
        guard !name.isEmpty else { throw fail(.missingName) }
        var relation = Relation(name)
        // The qualifier follows without a space.
        if position < range.upperBound, bytes[position] == UInt8(ascii: ":") {
            position += 1
            let qualifier = word { $0.isNameByte }
            guard !qualifier.isEmpty else { throw fail(.missingQualifier) }
            relation.architectureQualifier = qualifier
        }
        if take(UInt8(ascii: "(")) { relation.constraint = try constraint() }
        return relation
    }

    private mutating func constraint() throws(RelationError) -> VersionConstraint {
        _ = peek()
        let sign = word { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "=") }
        let comparison: VersionConstraint.Comparison
        switch sign {
        // The old single signs mean what their names in dpkg say: or equal.
        case "<": comparison = .lessOrEqual
        case ">": comparison = .greaterOrEqual
        default:
            guard let known = VersionConstraint.Comparison(rawValue: sign) else { throw fail(.badComparison(sign)) }
            comparison = known
        }
        _ = peek()
        let text = word { $0 > 0x20 && $0 != UInt8(ascii: ")") && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "|") }
        let version: DebianVersion
        do throws(DebianVersionError) { version = try DebianVersion(text) } catch { throw fail(.badVersion(error)) }
        guard take(UInt8(ascii: ")")) else { throw fail(.missingParenthesis) }
        return VersionConstraint(comparison, version)
    }

    /// The next byte that is no white space.
    private mutating func peek() -> UInt8? {
        while position < range.upperBound, bytes[position] == 0x20 || (0x09...0x0d).contains(bytes[position]) {
            position += 1
        }
        return position < range.upperBound ? bytes[position] : nil
    }

    private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
        let start = position
        while position < range.upperBound, belongs(bytes[position]) { position += 1 }
        return bytes.text(start..<position)
    }

    private func fail(_ problem: RelationError.Problem) -> RelationError {
        RelationError(problem: problem, offset: position - range.lowerBound)
    }
}

extension UInt8 {
    /// What names of packages and architectures are made of. Upper case and `_` are no policy but are met in the wild.
    var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Why a relation field can't be read.
package struct RelationError: DiagnosticConvertible, Equatable {
    package enum Problem: Equatable, Sendable {
        case missingName, missingQualifier, missingParenthesis
        case badComparison(String)
        case badVersion(DebianVersionError)
        case unexpected(UInt8)
    }

    package var problem: Problem
    /// Bytes from the start of the field's value.
    package var offset: Int

    package init(problem: Problem, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    package var diagnostic: Diagnostic {
        let text =
            switch problem {
            case .missingName: "a package's name is missing"
            case .missingQualifier: "an architecture is missing after ':'"
            case .missingParenthesis: "')' is missing"
            case .badComparison(let sign): "'\(sign.prefix(20))' is none of <<, <=, =, >=, >>"
            case .badVersion(let error): error.diagnostic.message
            case .unexpected(let byte):
                (0x21...0x7e).contains(byte)
                    ? "'\(Character(UnicodeScalar(byte)))' is not expected" : "byte \(byte) is not expected"
            }
        return Diagnostic(code: "debian.relation", "broken relation at byte \(offset): \(text)")
    }
}
