private import Core
private import FoundationEssentials

/// What an engine says while it loads an archive: one JSON object a line, errors among them.
struct LoadReport {
    private struct Line: Decodable {
        struct Detail: Decodable {
            var message: String?
        }

        var stream: String?
        var error: String?
        var errorDetail: Detail?
    }

    private var rest: [UInt8] = []
    private var loaded: [String] = []
    private var count = 0
    /// Of the whole answer, in bytes.
    private static let limit = 64 << 20
    private static let operation = "load the image"

    /// - Throws: ``EngineError/refused(operation:status:message:)`` as soon as the engine says that it failed.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        count += bytes.count
        guard count <= Self.limit else {
            throw EngineError.unexpected(operation: Self.operation, reason: "its answer has no end")
        }
        rest.append(contentsOf: bytes)
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try read(rest[..<end])
            rest.removeSubrange(...end)
        }
    }

    /// - Returns: what was loaded.
    mutating func end() throws -> [String] {
        try read(rest[...])
        return loaded
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws {
        guard bytes.contains(where: { $0 > 0x20 }) else { return }
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else { return }
        if let message = line.errorDetail?.message ?? line.error {
            throw EngineError.refused(operation: Self.operation, status: 200, message: message)
        }
        for text in (line.stream ?? "").split(separator: "\n") {
            for prefix in ["Loaded image: ", "Loaded image ID: ", "Loaded image(s): "] where text.hasPrefix(prefix) {
                loaded += text.dropFirst(prefix.count).split(separator: ",").map { $0.trimmed }
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
