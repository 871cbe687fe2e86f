// https://www.rfc-editor.org/rfc/rfc7617
import FoundationEssentials
import HTTPTransport

/// The value of `Authorization` for a user and password.
enum BasicAuthorization {
    static func value(user: String, password: Secret) -> Secret {
        Secret("Basic " + Data("\(user):\(password.reveal())".utf8).base64EncodedString())
    }

    /// An identity token takes the password's place, for servers that know no other way.
    static func value(_ credential: RegistryCredential) -> Secret {
        switch credential {
        case .basic(let user, let password): value(user: user, password: password)
        case .identityToken(let token, let user): value(user: user ?? "<token>", password: token)
        }
    }
}
