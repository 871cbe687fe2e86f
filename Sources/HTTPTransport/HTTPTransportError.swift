package import Core

/// What can go wrong between here and a server. No case carries a credential or a query.
package enum HTTPTransportError: DiagnosticConvertible, Equatable {
    /// Why there was no connection, or no more.
    package enum Failure: Equatable, Sendable {
        case unknownHost
        case refused
        case unreachable
        case connectTimeout
        case readTimeout
        case closed
        case reset
        case tooSlow
        case notHTTP
        case certificateUntrusted
        case certificateForOtherName
        case tlsHandshake
        case proxyRefused
        case proxyAuthentication
        /// Anything else, with its system error number when it has one.
        case other(errno: Int32?)
    }

    case invalidURL(String)
    case unsupportedScheme(String)
    case connection(Failure, host: String)
    case tooManyRedirects(url: String)
    /// A redirect from https to http.
    case insecureRedirect(from: String, to: String)
    case bodyTooLarge(limit: Int, host: String)
    /// The answer to a download.
    case status(Int, url: String)
    /// A download broke off and could not be continued where it stopped.
    case incomplete(url: String, received: Int, expected: Int?)
    case certificateFile(String)
    /// A private key that isn't PEM, or is locked with a password.
    case keyFile(String)
    case keyMismatch(certificate: String, key: String)
    /// Half of a pair in a directory of certificates.
    case clientKeyMissing(certificate: String)
    case clientCertificateMissing(key: String)
    case invalidProxy(variable: String)
    case shutDown

    /// True when the same may succeed later.
    package var isTransient: Bool {
        guard case .connection(let failure, _) = self else { return false }
        switch failure {
        case .unknownHost, .refused, .unreachable, .connectTimeout, .readTimeout, .closed, .reset, .tooSlow, .other:
            return true
        case .notHTTP, .certificateUntrusted, .certificateForOtherName, .tlsHandshake, .proxyRefused,
            .proxyAuthentication:
            return false
        }
    }

    /// True when no connection was made at all.
    package var isConnectFailure: Bool {
        guard case .connection(let failure, _) = self else { return false }
        switch failure {
        case .unknownHost, .refused, .unreachable, .connectTimeout: return true
        default: return false
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .invalidURL(let text):
            Diagnostic(code: "http.invalid-url", "'\(text)' is not an http or https URL")
        case .unsupportedScheme(let scheme):
            Diagnostic(code: "http.scheme", "URLs of scheme '\(scheme)' can't be fetched", hint: "use https or http")
        case .connection(let failure, let host): Self.diagnostic(failure, host)
        case .tooManyRedirects(let url):
            Diagnostic(code: "http.redirects", "\(url) leads through too many redirects")
        case .insecureRedirect(let from, let to):
            Diagnostic(
                code: "http.insecure-redirect", "\(from) redirects to \(to), which is not encrypted",
                hint: "name the target as an insecure registry if that is meant")
        case .bodyTooLarge(let limit, let host):
            Diagnostic(code: "http.too-large", "\(host) sent more than \(limit) bytes where so many are allowed")
        case .status(let status, let url):
            Diagnostic(code: "http.status", "\(url) answered with status \(status)", hint: Self.hint(status))
        case .incomplete(let url, let received, let expected):
            Diagnostic(
                code: "http.incomplete",
                "the download of \(url) broke off after \(received)" + (expected.map { " of \($0)" } ?? "") + " bytes",
                hint: "try again; the server does not let a download be continued")
        case .certificateFile(let path):
            Diagnostic(
                code: "http.certificate-file", "'\(path)' can't be read as PEM certificates",
                hint: "check SSL_CERT_FILE, or the option or setting that names it")
        case .keyFile(let path):
            Diagnostic(
                code: "http.key-file", "'\(path)' can't be read as a private key in PEM",
                hint: "a key with a password must be unlocked first: openssl pkey -in KEY -out UNLOCKED")
        case .keyMismatch(let certificate, let key):
            Diagnostic(code: "http.key-mismatch", "the key '\(key)' is not that of the certificate '\(certificate)'")
        case .clientKeyMissing(let certificate):
            Diagnostic(
                code: "http.client-key", "the certificate '\(certificate)' has no key beside it",
                hint: "a certificate NAME.cert goes with NAME.key; authorities are named NAME.crt")
        case .clientCertificateMissing(let key):
            Diagnostic(
                code: "http.client-certificate", "the key '\(key)' has no certificate beside it",
                hint: "a key NAME.key goes with NAME.cert")
        case .invalidProxy(let variable):
            Diagnostic(
                code: "http.proxy", "the setting \(variable) is not the URL of an HTTP proxy",
                hint: "write it as http://host:port")
        case .shutDown: Diagnostic(code: "http.shut-down", "the HTTP client has been shut down")
        }
    }

    private static func diagnostic(_ failure: Failure, _ host: String) -> Diagnostic {
        let (code, message, hint): (String, String, String?) =
            switch failure {
            case .unknownHost:
                ("unknown-host", "the host name \(host) can't be resolved", "check the name and the network's DNS")
            case .refused: ("refused", "\(host) refused the connection", "check the port and that the server runs")
            case .unreachable: ("unreachable", "\(host) can't be reached", "check the network and the proxy settings")
            case .connectTimeout:
                (
                    "connect-timeout", "no connection to \(host) came about in time",
                    "check the network and the proxy settings (HTTPS_PROXY)"
                )
            case .readTimeout: ("read-timeout", "\(host) has fallen silent", "try again later")
            case .closed: ("closed", "\(host) closed the connection early", "try again later")
            case .reset: ("reset", "\(host) broke off the connection", "try again later")
            case .tooSlow: ("too-slow", "\(host) sends too slowly", "try again later")
            case .notHTTP:
                ("not-http", "\(host) does not speak HTTP", "check the port; a TLS port needs https")
            case .certificateUntrusted:
                (
                    "certificate", "the certificate of \(host) is not trusted",
                    "name its authority's file with --registry-ca, in SSL_CERT_FILE, or install it (ca-certificates)"
                )
            case .certificateForOtherName:
                ("certificate-name", "the certificate of \(host) is for another name", "use the name it is for")
            case .tlsHandshake:
                (
                    "tls", "no TLS connection to \(host) could be agreed on",
                    "if the server has no TLS, name it as an insecure registry"
                )
            case .proxyRefused: ("proxy-refused", "the proxy does not connect to \(host)", "check NO_PROXY")
            case .proxyAuthentication:
                ("proxy-authentication", "the proxy wants a user and password", "write them into HTTPS_PROXY")
            case .other(let number):
                ("connection", "the connection to \(host) failed" + (number.map { " (system error \($0))" } ?? ""), nil)
            }
        return Diagnostic(code: "http." + code, message, hint: hint)
    }

    private static func hint(_ status: Int) -> String? {
        switch status {
        case 401, 403: "it is not public"
        case 404, 410: "check the URL"
        case 429, 500...599: "try again later"
        default: nil
        }
    }
}
