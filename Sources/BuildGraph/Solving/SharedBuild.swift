import Core
private import HostOS
import Layers
private import Synchronization

/// What the sessions of one command have in common, where it builds for several platforms at once.
///
/// Each file, base and equal step is looked at once, and programs of all sessions together run in as many places as
/// there are cores. A stage that is the same for several platforms is evaluated by the first session that needs it.
/// The sessions' requests must differ in their platform alone.
package final class SharedBuild: Sendable {
    /// Whether there are several platforms, so that steps have to say which one they are for.
    package let namesPlatforms: Bool
    /// Programs that run at once: as many as cores.
    let programs = Gate(BlockingPool.processorCount)
    let images = Once<String, BaseImage>()
    let contexts = Once<String, LayerContents>()
    /// Stages by everything that they depend on.
    let stages = Once<Digest, StageState>()
    /// Results of programs that run now or have run, by definition key.
    let runs = Once<Digest, RunOutcome>()
    private let firstFailure = Mutex<(any Error)?>(nil)

    package init(namesPlatforms: Bool = false) { self.namesPlatforms = namesPlatforms }

    /// The failure that the others are consequences of.
    var cause: (any Error)? { firstFailure.withLock { $0 } }

    /// Keeps the first failure, and ends all work.
    func fail(_ error: any Error) {
        firstFailure.withLock { if $0 == nil { $0 = error } }
        cancel()
    }

    func cancel() {
        stages.cancel()
        images.cancel()
        contexts.cancel()
        runs.cancel()
    }

    /// Runs several sessions side by side; the first failure ends them all and is thrown.
    /// - Returns: the final states of their targets, in the order of the sessions.
    package static func run(_ sessions: [BuildSession]) async throws -> [StageState] {
        try await withThrowingTaskGroup(of: (Int, StageState).self) { group in
            for (index, session) in sessions.enumerated() {
                group.addTask { (index, try await session.run()) }
            }
            var states: [Int: StageState] = [:]
            for try await (index, state) in group { states[index] = state }
            return states.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}

/// What a RUN that was not in the cache came to.
struct RunOutcome: Sendable {
    /// Nil when the program changed nothing.
    var layer: Digest?
    /// The step under which it ran; nil when another process was quicker.
    var step: StepID?
}

/// Lets a number of tasks through at once; the others wait their turn.
package actor Gate {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) { free = count }

    package func enter() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    package func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
