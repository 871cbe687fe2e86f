/// What a ``LoopbackServer`` answers, and how badly.
package struct ServerReply: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var delivery: Delivery

    package init(
        _ status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        delivery: Delivery = .complete
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delivery = delivery
    }

    package init(_ status: Int, text: String) {
        self.init(status, headers: [("Content-Type", "text/plain")], body: Array(text.utf8))
    }

    /// How the body gets to the client. Counts are bytes of the body.
    package enum Delivery: Sendable, Hashable {
        /// With its length.
        case complete
        /// In chunks, without a length.
        case chunked
        /// With the whole length, then an orderly end after so many bytes.
        case closedAfter(Int)
        /// With the whole length, then a TCP reset after so many bytes.
        case resetAfter(Int)
        /// Without a length, and once the body is over with more and more until the client hangs up.
        case endless
        /// In pieces of so many bytes with a pause of so many milliseconds after each.
        case slow(bytes: Int, milliseconds: Int)
        /// No answer; the connection is closed.
        case hangUp
        /// No answer; the connection stays open until the client or the test ends it.
        case silent
        /// No answer, and nothing more is read, until the client or the test ends the connection.
        case deaf
        /// No answer but a TCP reset.
        case reset
        /// Something that isn't HTTP.
        case garbage
    }
}
