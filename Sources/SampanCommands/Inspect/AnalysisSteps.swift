import BuildGraph
import Core
import ImageAnalysis
import Synchronization

/// Shows the reading of an image as a step. An image that is known already takes no step.
final class AnalysisSteps: Sendable {
    private let reporter: ProgressReporter
    private let name: String
    private let step = Mutex<StepID?>(nil)

    init(_ reporter: ProgressReporter, _ name: String) {
        self.reporter = reporter
        self.name = SafeText.text(name)
    }

    func show(_ progress: AnalysisProgress) {
        guard progress.layersDone < progress.layers || step.withLock({ $0 != nil }) else { return }
        let (id, isNew) = step.withLock { step -> (StepID, Bool) in
            if let step { return (step, false) }
            let id = reporter.nextStep()
            step = id
            return (id, true)
        }
        if isNew {
            let layers = progress.layers == 1 ? "1 layer" : "\(progress.layers) layers"
            reporter.emit(.started(id, name: "reading \(name), \(layers)"))
        }
        reporter.emit(.bytes(id, done: progress.bytesDone, total: progress.bytes))
    }

    func end() { take().map { reporter.emit(.finished($0)) } }

    func fail(_ error: any Error) {
        take().map { reporter.emit(.failed($0, message: Diagnostic(explaining: error).message)) }
    }

    private func take() -> StepID? { step.withLock { $0.take() } }
}
