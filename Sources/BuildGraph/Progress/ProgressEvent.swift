package import Core

/// Names one step of a build in progress events; unique in its build.
package struct StepID: Hashable, Sendable, Comparable {
    package var number: Int

    package init(_ number: Int) { self.number = number }

    package static func < (left: StepID, right: StepID) -> Bool { left.number < right.number }
}

/// What happens while an image is built.
package enum ProgressEvent: Sendable {
    /// A step has begun. `name` is as people know it: `[build 2/5] RUN go build`.
    case started(StepID, name: String)
    /// The step's result was there already.
    case cached(StepID)
    /// A piece of what the step's program prints.
    case output(StepID, [UInt8])
    /// Bytes done so far, and in all where that is known.
    case bytes(StepID, done: Int64, total: Int64?)
    case finished(StepID)
    case failed(StepID, message: String)
    case warning(Diagnostic)
}

package protocol ProgressSink: Sendable {
    func emit(_ event: ProgressEvent)
}

/// A sink that forgets everything.
package struct NoProgress: ProgressSink {
    package init() {}
    package func emit(_ event: ProgressEvent) {}
}
