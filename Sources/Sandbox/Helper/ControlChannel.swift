internal import FoundationEssentials
internal import HostOS

/// What the builder and the helper tell each other.
enum ControlMessage: Codable, Sendable {
    /// To the helper, once and first.
    case order(HelperOrder)
    /// To the process that sets up a user namespace, once and first: the handler to register, and an empty directory.
    case handler(BinaryHandler, directory: String)
    /// To the helper: a signal for the program.
    case signal(Int32)
    /// To the helper: end all programs, with SIGKILL after this many milliseconds.
    case cancel(graceMilliseconds: Int32)
    /// From the helper: the program runs.
    case started
    /// From the process that sets up a user namespace: the handler is there, and what holds it follows as a descriptor.
    case registered
    /// From the helper: the program's terminal follows as a descriptor.
    case console
    /// To the helper's observer, on a channel of its own.
    case question(ObserverQuestion)
    /// From the observer: where the program listens.
    case ports([UInt16])
    /// From the observer: the connection follows as a descriptor.
    case connected
    /// From the observer: there is no connection, and why.
    case refused(Int32)
    /// From the helper, last: the program could not be run.
    case failed(SandboxError)
    /// From the helper, last: the program has ended.
    case ended(SandboxResult)
}

/// All that a helper needs to know.
struct HelperOrder: Codable, Sendable {
    var request: SandboxRequest
    var runtime: OCIRuntime
    /// A name for the container and its control group, unique on the host.
    var identifier: String
    /// The helper lives in a user namespace.
    var rootless: Bool
}

/// A connected socket that carries messages: a length of four bytes, little end first, then JSON.
struct ControlChannel: Sendable {
    let socket: FileDescriptor

    /// No message is longer, in bytes: secrets and environments are the large parts.
    private static let limit = 64 << 20

    func send(_ message: ControlMessage) throws(SystemError) {
        guard let body = try? JSONEncoder().encode(message), body.count <= Self.limit else {
            throw SystemError(EncodingFailure.errno, "encode a message to the sandbox")
        }
        let length = UInt32(body.count)
        var bytes = (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        bytes.append(contentsOf: body)
        try socket.writeQuietly(bytes)
    }

    /// The next message; nil when the other side has closed.
    func receive() throws(SystemError) -> ControlMessage? {
        guard let head = try readExactly(4) else { return nil }
        let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.limit else { throw SystemError(EncodingFailure.errno, "read a message of the sandbox") }
        guard let body = try readExactly(length) else { return nil }
        guard let message = try? JSONDecoder().decode(ControlMessage.self, from: Data(body)) else {
            throw SystemError(EncodingFailure.errno, "read a message of the sandbox")
        }
        return message
    }

    private func readExactly(_ count: Int) throws(SystemError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            var failure: SystemError?
            let got = bytes.withUnsafeMutableBytes { buffer in
                do throws(SystemError) {
                    return try socket.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            if got == 0 { return nil }
            done += got
        }
        return bytes
    }

    private enum EncodingFailure {
        /// EPROTO.
        static let errno: Int32 = 71
    }
}
