package import Core

/// How many places may be looked at, so that a hostile image can't make the search endless.
final class LinkBudget {
    struct Exhausted: Error {}

    private var left: Int
    private let whole: LinkBudget?

    init(_ places: Int, of whole: LinkBudget? = nil) {
        left = places
        self.whole = whole
    }

    /// A smaller one, which takes from this one too.
    func part(_ places: Int) -> LinkBudget { LinkBudget(places, of: self) }

    func spend() throws(Exhausted) {
        guard left > 0 else { throw Exhausted() }
        left -= 1
        try whole?.spend()
    }
}

extension BytePath {
    /// Another path, taken from here when it does not start at the root.
    package func joined(_ path: String) -> BytePath {
        path.utf8.first == UInt8(ascii: "/")
            ? BytePath(cleaning: path) : BytePath(cleaning: Array("/\(self)/\(path)".utf8))
    }
}
