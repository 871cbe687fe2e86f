/// What a request carries.
package enum HTTPRequestBody: Sendable {
    case none
    /// Small ones, such as forms and manifests.
    case bytes([UInt8])
    /// Part of a content, read piece by piece while it is sent; never whole in memory.
    case file(any UploadContent, range: Range<Int64>)
}

/// A request to send.
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
    package var body: HTTPRequestBody
    /// Told how many bytes of a body of kind `file` have been handed to the connection; must return at once.
    package var onSent: (@Sendable (Int64) -> Void)?
    /// Whether sending it twice does no harm, so that it may be tried again.
    package var isRepeatable: Bool
    /// Redirects are followed for GET and HEAD only.
    package var followsRedirects = true
    /// Lets redirects that keep method and body (307, 308) be followed for other methods too. The body then goes to
    /// whatever server is named, so it must hold nothing secret.
    package var redirectsBody = false
    /// Takes any certificate of this server, as if it were in ``TransportConfiguration/insecureHosts``.
    package var acceptsAnyCertificate = false
    /// The server that named this one: authorities that are trusted for it hold here too.
    package var namedBy: HTTPURL?

    package init(
        _ method: Method = .get, _ url: HTTPURL, headers: HeaderFields = HeaderFields(), authorization: Secret? = nil,
        body: HTTPRequestBody = .none
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.authorization = authorization
        self.body = body
        isRepeatable = method == .get || method == .head || method == .put
    }
}
