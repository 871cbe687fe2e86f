package import HostOS

/// Blocking work of the engine on the pools of threads.
package enum HostOSWork {
    /// Runs work that computes.
    package static func compute<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await BlockingPool.compute.run(work)
    }

    package static func now() -> FileTime { .now() }
}

/// Takes user names and passwords out of texts that are shown or kept.
package enum Redaction {
    /// A URL without `user:password@`.
    package static func url(_ text: String) -> String {
        guard let scheme = text.utf8.firstRange(of: "://".utf8) else { return text }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return text }
        return String(text[..<scheme.upperBound]) + "***" + rest[at...]
    }
}
