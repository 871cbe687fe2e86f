// https://docs.docker.com/reference/api/engine/version/v1.41/
internal import Core
internal import FoundationEssentials
internal import Glibc
package import HTTPTransport
package import HostOS

/// Talks to Docker, or to Podman's service that speaks the same API. It must be shut down at the end.
package struct EngineClient: Sendable {
    /// What an engine says of itself.
    package struct Version: Sendable, Hashable, Decodable {
        package var version: String
        package var apiVersion: String
        package var os: String
        package var architecture: String

        private enum CodingKeys: String, CodingKey {
            case version = "Version"
            case apiVersion = "ApiVersion"
            case os = "Os"
            case architecture = "Arch"
        }
    }

    /// An image of an engine.
    package struct Image: Sendable, Decodable {
        /// Of its configuration, or of its manifest where the engine keeps manifests.
        package var id: String
        package var tags: [String]

        private enum CodingKeys: String, CodingKey {
            case id = "Id"
            case tags = "RepoTags"
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            tags = (try container.decodeIfPresent([String].self, forKey: .tags) ?? []).filter {
                !$0.hasPrefix("<none>")
            }
        }
    }

    private let session: SocketSession

    package init(_ address: SocketSession.Address) { session = SocketSession(address) }

    /// The engine that the environment means.
    /// - Throws: ``EngineError/unsupportedHost(_:)``.
    package init(environment: [String: String]) throws(EngineError) {
        self.init(try EngineAddress.find(environment: environment))
    }

    package func shutdown() async { await session.shutdown() }

    // MARK: - Questions

    /// - Throws: ``EngineError/unreachable(_:errno:)`` when there is no engine.
    package func version() async throws -> Version {
        let response = try await send(.get, "/version")
        guard response.isSuccess else { throw await Self.refusal(response, "tell its version") }
        return try await Self.decode(Version.self, response, "tell its version")
    }

    /// An image by name or identifier; nil when the engine has none such.
    package func image(_ name: String) async throws -> Image? {
        let response = try await send(.get, "/images/\(Self.encode(name))/json")
        if response.status == 404 { return nil }
        guard response.isSuccess else { throw await Self.refusal(response, "look for '\(name)'") }
        return try await Self.decode(Image.self, response, "describe '\(name)'")
    }

    /// The names of all images.
    package func names() async throws -> [String] {
        let response = try await send(.get, "/images/json")
        guard response.isSuccess else { throw await Self.refusal(response, "list its images") }
        return try await Self.decode([Image].self, response, "list its images").flatMap(\.tags).sorted()
    }

    // MARK: - Images

    /// Writes an image as a docker archive.
    /// - Parameter progress: told the bytes so far.
    /// - Throws: ``EngineError/noSuchImage(_:known:)``, and others as they come.
    package func save(_ name: String, to file: FileDescriptor, progress: @Sendable (Int64) -> Void) async throws {
        guard try await image(name) != nil else {
            throw EngineError.noSuchImage(name, known: try await names())
        }
        let response = try await send(.get, "/images/\(Self.encode(name))/get")
        guard response.isSuccess else { throw await Self.refusal(response, "save '\(name)'") }
        var count: Int64 = 0
        try await response.body.forEachChunk { chunk in
            try file.write(chunk)
            count += Int64(chunk.count)
            progress(count)
        }
        guard count > 0 else { throw EngineError.unexpected(operation: "save '\(name)'", reason: "it sent nothing") }
    }

    /// Loads a docker archive.
    /// - Returns: the names or identifiers that the engine says it has loaded.
    package func load(_ archive: any UploadStream) async throws -> [String] {
        let response = try await send(
            .post, "/images/load?quiet=1", headers: ["Content-Type": "application/x-tar"], stream: archive)
        guard response.isSuccess else { throw await Self.refusal(response, "load the image") }
        var lines = LoadReport()
        try await response.body.forEachChunk { try lines.append($0) }
        return try lines.end()
    }

    // MARK: - Requests

    private func send(
        _ method: HTTPRequest.Method, _ target: String, headers: HeaderFields = HeaderFields(),
        stream: (any UploadStream)? = nil
    ) async throws -> HTTPResponse {
        do {
            return try await session.send(method, target, headers: headers, stream: stream)
        } catch let HTTPTransportError.connection(failure, _) {
            switch failure {
            case .refused: throw EngineError.unreachable(session.address, errno: ECONNREFUSED)
            case .other(let number): throw EngineError.unreachable(session.address, errno: number)
            case .unknownHost, .unreachable, .connectTimeout: throw EngineError.unreachable(session.address, errno: nil)
            case .notHTTP:
                throw EngineError.unexpected(operation: "answer", reason: "what listens there does not speak HTTP")
            default: throw HTTPTransportError.connection(failure, host: session.address.description)
            }
        }
    }

    /// More than any answer but an archive is long.
    private static let answerLimit = 64 << 20

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ response: HTTPResponse, _ operation: String
    ) async throws -> Value {
        let bytes = try await response.body.collect(limit: answerLimit)
        do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
            throw EngineError.unexpected(operation: operation, reason: "its answer is not what the API says")
        }
    }

    private struct Problem: Decodable {
        var message: String?
        var cause: String?
    }

    private static func refusal(_ response: HTTPResponse, _ operation: String) async -> EngineError {
        let bytes = (try? await response.body.collect(limit: 1 << 20)) ?? []
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(bytes))
        let text = problem?.message ?? problem?.cause ?? String(decoding: bytes.prefix(500), as: UTF8.self)
        return .refused(operation: operation, status: response.status, message: text)
    }

    /// A name for a path: slashes stay.
    private static func encode(_ name: String) -> String {
        name.split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
    }
}
