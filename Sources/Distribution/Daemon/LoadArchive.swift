internal import Archive
internal import Core
internal import HTTPTransport

/// A docker archive that an engine loads while it is written: nothing of it is kept here.
///
/// https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
final class LoadArchive: Sendable {
    private static let pieceSize = 256 << 10

    private let stream: Handoff
    private let turns = TaskQueue()
    private let request: Task<[String], any Error>

    /// Begins to send; dropping it before ``end()`` breaks the request off, and the engine keeps nothing.
    init(_ engine: EngineClient) {
        let stream = Handoff()
        self.stream = stream
        request = Task {
            do {
                let loaded = try await engine.load(stream)
                // The engine has its say before the archive's end when it can't use it.
                stream.fail(EngineError.unexpected(operation: "load the image", reason: "it stopped reading"))
                return loaded
            } catch {
                stream.fail(error)
                throw error
            }
        }
    }

    deinit {
        stream.fail(CancellationError())
        request.cancel()
    }

    func directory(_ name: String) async throws {
        try await send {
            try await $0.send(Self.header(TarHeader(name: Array(name.utf8), kind: .directory, mode: 0o755)))
        }
    }

    func file(_ name: String, _ bytes: [UInt8]) async throws {
        try await file(name, BytesContent(bytes)) { _ in }
    }

    func file(_ name: String, _ content: any UploadContent, progress: @Sendable (Int64) -> Void) async throws {
        let size = content.size
        try await send { stream in
            try await stream.send(Self.header(TarHeader(name: Array(name.utf8), kind: .file, size: size)))
            var offset: Int64 = 0
            while offset < size {
                let piece = try await content.read(
                    at: offset, upTo: Int(clamping: min(Int64(Self.pieceSize), size - offset)))
                guard !piece.isEmpty else { throw UploadError.shortContent(expected: size, actual: offset) }
                try await stream.send(piece)
                offset += Int64(piece.count)
                progress(offset)
            }
            try await stream.send(Array(TarWriter.end[..<TarWriter.padding(after: size)]))
        }
    }

    /// Ends the archive and waits for the engine.
    /// - Returns: the names or identifiers of what it loaded.
    func end() async throws -> [String] {
        try await send { try await $0.send(TarWriter.end) }
        stream.finish()
        return try await withTaskCancellationHandler {
            try await request.value
        } onCancel: {
            request.cancel()
        }
    }

    /// Sends one member whole before any other. A member that breaks off spoils the archive.
    private func send(_ body: (Handoff) async throws -> Void) async throws {
        try await turns.run {
            do { try await body(stream) } catch {
                stream.fail(error)
                throw error
            }
        }
    }

    private static func header(_ header: TarHeader) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try TarWriter.append(header, to: &bytes)
        return bytes
    }
}
