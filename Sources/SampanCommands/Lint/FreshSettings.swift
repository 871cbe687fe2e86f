import Core
import DockerfileLint
import HostOS
import Synchronization

/// The settings of a server that runs for hours: read anew when their file changed, appeared or went.
final class FreshSettings: Sendable {
    private struct State {
        var settings: LintSettings
        var path: String?
        var info: FileInfo?
    }

    private let request: LintRequest
    private let state: Mutex<State>

    /// - Throws: for settings that are wrong at the start.
    init(_ request: LintRequest) throws {
        let place = LintConfigFiles.place(request.config)
        let plan = try request.plan()
        for warning in plan.warnings { Console.shared.diagnostic(warning) }
        self.request = request
        state = Mutex(State(settings: plan.settings, path: place?.path, info: place?.info))
    }

    /// What holds now. Where the file is wrong the log says so, and what held before holds on.
    func current() -> LintSettings {
        let place = LintConfigFiles.place(request.config)
        return state.withLock { state in
            guard place?.path != state.path || place?.info != state.info else { return state.settings }
            (state.path, state.info) = (place?.path, place?.info)
            do {
                let plan = try request.plan()
                for warning in plan.warnings { Console.shared.diagnostic(warning) }
                state.settings = plan.settings
            } catch {
                for diagnostic in (error as? DiagnosticList)?.diagnostics ?? [Diagnostic(explaining: error)] {
                    Console.shared.diagnostic(diagnostic)
                }
            }
            return state.settings
        }
    }
}
