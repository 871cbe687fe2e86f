import BuildGraph
import ContentStore
import Core
import Distribution
import HostOS
import OCI
import RegistryClient
import Synchronization

/// What one command that moves images works with: the store, registries and an engine, each opened when first needed and
/// closed at its end, and how its work is shown.
final class Transfer: Sendable {
    private struct State {
        var store: Store?
        var engine: EngineClient?
        /// The file that holds what came through a pipe, and what the user calls that.
        var inputFile: (path: String, shown: String)?
    }

    let network: NetworkAccess
    let reporter: ProgressReporter
    private let view: any ProgressView
    private let environment: [String: String]
    private let state: Mutex<State>

    private init(_ network: NetworkAccess, _ view: any ProgressView, _ environment: [String: String], store: Store?) {
        self.network = network
        self.view = view
        self.environment = environment
        reporter = ProgressReporter(view)
        state = Mutex(State(store: store))
    }

    private convenience init(_ registry: RegistryOptions, _ mode: ProgressMode) throws {
        let environment = StoreAccess.environment()
        let network = try NetworkAccess(registry: registry, environment: environment)
        self.init(network, mode.makeSink(), environment, store: nil)
    }

    /// Takes the image for a platform into the store, without a name.
    /// - Returns: its manifest.
    static func take(
        _ image: ImageArgument, _ platform: Platform, _ store: Store, _ network: NetworkAccess
    ) async throws -> Descriptor {
        let transfer = Transfer(network, QuietProgress(.shared), StoreAccess.environment(), store: store)
        do {
            let options = CopyOptions(platforms: .one(platform))
            let result = try await transfer.copy(
                from: transfer.origin(image), to: StoreTarget(store), options)
            await transfer.closeEngine()
            return result.written
        } catch {
            await transfer.closeEngine()
            throw error
        }
    }

    /// Does a command's work; an interruption cancels it.
    /// - Returns: what the work gives, when everything is closed and nothing more is shown.
    static func run<Value: Sendable>(
        _ options: TransferOptions, _ work: @escaping @Sendable (Transfer) async throws -> Value
    ) async throws -> Value {
        try await run(options.registry, options.mode, work)
    }

    /// The same for commands that have no progress to show.
    static func run<Value: Sendable>(
        _ registry: RegistryOptions, _ mode: ProgressMode = .quiet,
        _ work: @escaping @Sendable (Transfer) async throws -> Value
    ) async throws -> Value {
        OpenFiles.allowMost()
        let transfer = try Transfer(registry, mode)
        do {
            let value = try await Interruption.shared.cancelling { try await work(transfer) }
            await transfer.close()
            return value
        } catch {
            await transfer.close()
            throw error
        }
    }

    func store() throws -> Store {
        try state.withLock { state in
            if let store = state.store { return store }
            let store = try StoreAccess.open()
            state.store = store
            return store
        }
    }

    func engine() throws -> EngineClient {
        try state.withLock { state in
            if let engine = state.engine { return engine }
            let engine = try EngineClient(environment: environment)
            state.engine = engine
            return engine
        }
    }

    /// A file for what comes through a pipe, gone at the end.
    func inputFile(shownAs name: String) throws -> String {
        let path = try store().session().makePath("input")
        state.withLock { $0.inputFile = (path, name) }
        return path
    }

    /// A file as the user knows it.
    func shown(_ path: String) -> String {
        guard let file = state.withLock({ $0.inputFile }), file.path == path else { return path }
        return file.shown
    }

    /// Shows nothing more, so that something else may have the terminal.
    func endProgress() { view.end() }

    private func close() async {
        view.end()
        await network.shutdown()
        await closeEngine()
        state.withLock { $0.store.take() }?.close()
    }

    private func closeEngine() async { await state.withLock { $0.engine.take() }?.shutdown() }

    /// Copies an image and shows it.
    func copy(
        from origin: any ImageOrigin, to target: any ImageTarget, _ options: CopyOptions
    ) async throws -> CopyResult {
        let progress = CopyProgress(reporter)
        return try await ImageCopy(from: origin, to: target, options: options, scratch: store()).run {
            progress.show($0)
        }
    }
}
