/// A request that a ``LoopbackServer`` got.
package struct ServerRequest: Sendable {
    package var method: String
    /// Path and query as they came.
    package var target: String
    /// Names in lower case; of several fields of one name the last.
    package var headers: [String: String]
    package var body: [UInt8]
    /// Whether the answer was due before the whole body had been read; ``body`` is what was.
    package var isCut = false

    /// The target without its query.
    package var path: String { String(target.prefix { $0 != "?" }) }

    /// A value of the query as it came, still percent-encoded.
    package func query(_ name: String) -> String? {
        guard let mark = target.firstIndex(of: "?") else { return nil }
        for pair in target[target.index(after: mark)...].split(separator: "&") where pair.hasPrefix(name + "=") {
            return String(pair.dropFirst(name.utf8.count + 1))
        }
        return nil
    }
}
