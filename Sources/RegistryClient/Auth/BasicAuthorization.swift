// https://www.rfc-editor.org/rfc/rfc7617
import FoundationEssentials
import HTTPTransport

/// The value of `Authorization` for a user and password.
enum BasicAuthorization {
    static func value(user: String, password: Secret) -> Secret {
        Secret("Basic " + Data("\(user):\(password.reveal())".utf8).base64EncodedString())
    }
}
