import OCI
import Slimming

/// Whom the slim image runs as.
struct SlimUser: Sendable, Hashable {
    /// What USER says; nil is what the fat image has.
    let name: String?
    /// Whether it is given up when the image does not work so.
    let isTrial: Bool

    /// A user that no base has, as images without a list of users name theirs.
    private static let nobody = "65532:65532"
    private static let kept = SlimUser(name: nil, isTrial: false)

    /// In the order in which they are tried; the last one is final.
    /// - Parameter option: what the user of sampan asked for.
    static func choices(_ option: String?, _ fat: ContainerConfig) -> [SlimUser] {
        switch option {
        case "keep": [kept]
        case let name?: [SlimUser(name: name, isTrial: false)]
        case nil: isRoot(fat.user) ? [SlimUser(name: nobody, isTrial: true), kept] : [kept]
        }
    }

    static func isRoot(_ user: String?) -> Bool { ["", "0", "root"].contains((user ?? "").prefix { $0 != ":" }) }
}
