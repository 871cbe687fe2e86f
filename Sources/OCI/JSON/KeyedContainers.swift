/// An empty object; Go writes sets as maps to it.
private struct Nothing: Codable {}

extension KeyedEncodingContainer {
    mutating func encodeUnlessEmpty(_ value: some Encodable & Collection, forKey key: Key) throws {
        if !value.isEmpty { try encode(value, forKey: key) }
    }

    mutating func encodeUnlessEmpty(_ value: String?, forKey key: Key) throws {
        if let value, !value.isEmpty { try encode(value, forKey: key) }
    }

    mutating func encodeUnlessZero(_ value: (some Encodable & BinaryInteger)?, forKey key: Key) throws {
        if let value, value != 0 { try encode(value, forKey: key) }
    }

    /// Writes a set in Go's form: an object with an empty object for each member.
    mutating func encodeSet(_ value: Set<String>, forKey key: Key) throws {
        guard !value.isEmpty else { return }
        try encode(Dictionary(uniqueKeysWithValues: value.map { ($0, Nothing()) }), forKey: key)
    }
}

extension KeyedDecodingContainer {
    func decodeNonEmpty(forKey key: Key) throws -> String? {
        let text = try decodeIfPresent(String.self, forKey: key)
        return text?.isEmpty ?? true ? nil : text
    }

    func decodeSet(forKey key: Key) throws -> Set<String> {
        Set(try decodeIfPresent([String: Nothing?].self, forKey: key).map { Array($0.keys) } ?? [])
    }
}
