extension Optional where Wrapped: Sendable {
    /// What a function makes of the value; nil when there is none.
    func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }

    /// Whether nothing is there or what is there fits.
    func asyncAllSatisfy(_ test: (Wrapped) async throws -> Bool) async rethrows -> Bool {
        guard let self else { return true }
        return try await test(self)
    }
}
