// https://www.rfc-editor.org/rfc/rfc8259
import FoundationEssentials

/// JSON as the project writes it: keys in order, no blanks, slashes as they are, so one value has one sequence of
/// bytes on every machine; and JSON as it reads it: bounded, with errors that name the field.
package enum CanonicalJSON {
    /// - Throws: ``OCIError/unencodable(_:)`` for a value that JSON can't hold, such as a number that isn't finite.
    package static func encode(_ value: some Encodable) throws(OCIError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw .unencodable("\(type(of: value))")
        }
    }

    /// Decodes untrusted bytes.
    /// - Parameters:
    ///   - kind: what the bytes should be, for the error.
    ///   - limit: more bytes than that are refused.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], kind: OCIError.Document, limit: Int
    ) throws(OCIError) -> Value {
        guard bytes.count <= limit else { throw .tooLarge(kind, limit: limit) }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            let (context, reason) = explain(error)
            throw .malformed(kind, path: path(context.codingPath), reason: reason)
        } catch {
            throw .malformed(kind, path: "", reason: "it is not JSON")
        }
    }

    private static func explain(_ error: DecodingError) -> (DecodingError.Context, String) {
        switch error {
        case .typeMismatch(let type, let context): (context, "\(word(type)) was expected")
        case .valueNotFound(let type, let context): (context, "\(word(type)) was expected, not null")
        case .keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
        case .dataCorrupted(let context): (context, clip(context.debugDescription))
        @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "it can't be decoded")
        }
    }

    /// The JSON word for a Swift type.
    private static func word(_ type: any Any.Type) -> String {
        if type == String.self { return "a string" }
        if type is any BinaryInteger.Type || type is any BinaryFloatingPoint.Type { return "a number" }
        if type == Bool.self { return "true or false" }
        if type is any RandomAccessCollection.Type { return "an array" }
        return "an object"
    }

    private static func clip(_ text: String) -> String {
        String(decoding: text.utf8.prefix(200), as: UTF8.self)
    }

    /// `.layers[2].digest`.
    private static func path(_ keys: [any CodingKey]) -> String {
        clip(keys.map { key in key.intValue.map { "[\($0)]" } ?? "." + key.stringValue }.joined())
    }
}
