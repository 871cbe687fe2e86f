/// What a container did for one thing that was asked of it.
package struct RunOutcome: Sendable, Equatable {
    /// An answer over HTTP.
    package struct Answer: Sendable, Equatable {
        package var status: Int
        package var contentType: String?
        package var body: [UInt8]

        package init(status: Int, contentType: String?, body: [UInt8]) {
            self.status = status
            self.contentType = contentType
            self.body = body
        }
    }

    /// As the user wrote it.
    package var name: String
    /// By the order of the probes; nil where none came.
    package var answers: [(probe: String, answer: Answer?)] = []
    /// The exit code of a program that ended by itself; nil of one that was stopped.
    package var code: Int32?
    /// Whether the time was over before it was ready or had ended.
    package var isTimedOut = false
    package var output: [UInt8] = []
    package var error: [UInt8] = []
    /// In seconds, until the first probe was answered.
    package var ready: Double?
    package var ports: [UInt16] = []
    /// Addresses outside that it tried to reach.
    package var addresses: [String] = []
    /// Why it could not be started.
    package var failure: String?

    package init(name: String) { self.name = name }

    package static func == (left: RunOutcome, right: RunOutcome) -> Bool {
        left.name == right.name && left.code == right.code && left.output == right.output && left.error == right.error
            && left.isTimedOut == right.isTimedOut && left.failure == right.failure
            && left.answers.elementsEqual(right.answers) { $0.probe == $1.probe && $0.answer == $1.answer }
    }
}
