/// A request to send. Bodies are small (forms and manifests) and given whole.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    package var url: HTTPURL
    package var headers: HeaderFields
    /// The value of `Authorization`, kept apart so that it is neither printed nor sent to another server.
    package var authorization: Secret?
    package var body: [UInt8]
    /// Whether sending it twice does no harm, so that it may be tried again.
    package var isRepeatable: Bool
    /// Redirects are followed for GET and HEAD only.
    package var followsRedirects = true
    /// Takes any certificate of this server, as if it were in ``TransportConfiguration/insecureHosts``.
    package var acceptsAnyCertificate = false

    package init(
        _ method: Method = .get, _ url: HTTPURL, headers: HeaderFields = HeaderFields(), authorization: Secret? = nil,
        body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.authorization = authorization
        self.body = body
        isRepeatable = method == .get || method == .head || method == .put
    }
}
