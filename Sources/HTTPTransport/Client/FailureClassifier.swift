import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Turns the errors of the HTTP client into ours; it is the one place that knows theirs.
enum FailureClassifier {
    /// The error to throw: an ``HTTPTransportError``, a `CancellationError` or what the body's content threw.
    static func classify(_ error: any Error, host: String) -> any Error {
        switch error {
        case is CancellationError, is HTTPTransportError: error
        case let error as ContentFailure: error.cause
        case let error as HTTPClientError where error == .cancelled: CancellationError()
        case let error as HTTPClientError where error == .alreadyShutdown: HTTPTransportError.shutDown
        case let error as HTTPClientError where error == .invalidURL || error == .emptyHost || error == .emptyScheme:
            HTTPTransportError.invalidURL(host)
        default: HTTPTransportError.connection(failure(error), host: host)
        }
    }

    private static func failure(_ error: any Error) -> HTTPTransportError.Failure {
        switch error {
        case let error as HTTPClientError: failure(client: error)
        case let error as NIOConnectionError: failure(connecting: error)
        case let error as IOError: failure(errno: error.errnoCode)
        case let error as NIOSSLError: failure(tls: error)
        case let error as BoringSSLError: isUntrusted(error) ? .certificateUntrusted : .tlsHandshake
        case let error as NIOSSLExtraError:
            error == .failedToValidateHostname ? .certificateForOtherName : .tlsHandshake
        case let error as ChannelError: if case .connectTimeout = error { .connectTimeout } else { .closed }
        case let error as HTTPParserError: error == .invalidEOFState ? .closed : .notHTTP
        default: .other(errno: nil)
        }
    }

    private static func failure(client error: HTTPClientError) -> HTTPTransportError.Failure {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout:
            .connectTimeout
        case .readTimeout, .writeTimeout, .deadlineExceeded: .readTimeout
        case .remoteConnectionClosed, .uncleanShutdown: .closed
        case .invalidProxyResponse: .proxyRefused
        case .proxyAuthenticationRequired: .proxyAuthentication
        default: .other(errno: nil)
        }
    }

    private static func failure(connecting error: NIOConnectionError) -> HTTPTransportError.Failure {
        let failures = error.connectionErrors.map { failure($0.error) }
        if failures.contains(.refused) { return .refused }
        if let first = failures.first { return first }
        return error.dnsAError != nil || error.dnsAAAAError != nil ? .unknownHost : .unreachable
    }

    private static func failure(errno code: Int32) -> HTTPTransportError.Failure {
        switch code {
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE: .reset
        case ETIMEDOUT: .connectTimeout
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN: .unreachable
        default: .other(errno: code)
        }
    }

    private static func failure(tls error: NIOSSLError) -> HTTPTransportError.Failure {
        switch error {
        case .handshakeFailed(let reason): isUntrusted(reason) ? .certificateUntrusted : .tlsHandshake
        case .unableToValidateCertificate, .noCertificateToValidate: .certificateUntrusted
        case .uncleanShutdown: .closed
        default: .tlsHandshake
        }
    }

    /// BoringSSL's error code isn't open to us; the symbol in its description is the only thing that tells a bad
    /// certificate from other failures of a handshake.
    private static func isUntrusted(_ error: BoringSSLError) -> Bool {
        guard case .sslError(let stack) = error else { return false }
        return stack.contains { $0.description.contains("CERTIFICATE_VERIFY_FAILED") }
    }
}
