import Core
private import Synchronization

/// Gives the steps of one command their numbers and tells a sink how they go.
package final class ProgressReporter: ProgressSink {
    private let sink: any ProgressSink
    private let count = Mutex(0)

    package init(_ sink: any ProgressSink) { self.sink = sink }

    package func emit(_ event: ProgressEvent) { sink.emit(event) }

    /// The next number; a step that is reported piece by piece begins with it.
    package func nextStep() -> StepID {
        count.withLock { count in
            count += 1
            return StepID(count)
        }
    }

    /// Reports a step from its start to its end, whatever the end is.
    /// - Parameter name: as people know it.
    nonisolated(nonsending)
        package func step<Value>(
            _ name: String, _ body: nonisolated(nonsending) (StepID) async throws -> Value
        ) async throws -> Value
    {
        let step = nextStep()
        emit(.started(step, name: name))
        do {
            let value = try await body(step)
            emit(.finished(step))
            return value
        } catch {
            emit(.failed(step, message: Diagnostic(explaining: error).message))
            throw error
        }
    }
}
