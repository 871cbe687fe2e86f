import Core

/// Carries a conversation from the first byte to the end, over whatever reads and writes bytes.
package struct LanguageLoop: Sendable {
    /// What waiting for the client gives.
    package enum Input: Sendable {
        case bytes([UInt8])
        /// Nothing came in the time that was given.
        case quiet
        /// The client closed its end.
        case end
    }

    /// How long nobody types before a text is looked at, in milliseconds.
    package static let quietTime: Int32 = 150

    /// Waits for bytes, for so many milliseconds; nil waits without end.
    package var read: @Sendable (_ milliseconds: Int32?) async throws -> Input
    package var write: @Sendable ([UInt8]) throws -> Void

    package init(
        read: @escaping @Sendable (_ milliseconds: Int32?) async throws -> Input,
        write: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.read = read
        self.write = write
    }

    /// - Returns: whether the client asked for the end before it came.
    package func run(_ surroundings: LanguageSurroundings) async throws -> Bool {
        var session = LanguageSession(surroundings)
        var reader = FrameReader()
        while !session.isOver {
            switch try await read(session.hasUnchecked ? Self.quietTime : nil) {
            case .end:
                // Whoever pipes a script in still wants to know what was found.
                try send(await session.check())
                return session.endsWell
            case .quiet: try send(await session.check())
            case .bytes(let bytes):
                reader.feed(bytes)
                while !session.isOver {
                    let message: [UInt8]?
                    do throws(FrameReader.FrameError) {
                        message = try reader.next()
                    } catch {
                        // Where the next message begins is unknown.
                        let reason = error == .size ? "a message is too long" : "a header is broken"
                        try send([RPCAnswer.error(.parse(reason), to: .null)])
                        return false
                    }
                    guard let message else { break }
                    try send(session.receive(message))
                }
            }
        }
        return session.endsWell
    }

    private func send(_ messages: [OrderedJSON]) throws {
        for message in messages { try write(Frame.bytes(message.line)) }
    }
}
