import Bases
import BuildGraph
import ContentStore
import Core
import Debian
import Glibc
import HostOS
import Layers
import OCI
import Sandbox

/// The parts that commands about bases work with, from an open store to its end.
struct BaseJob: Sendable {
    let maker: BaseMaker
    let view: any ProgressView

    var store: Store { maker.store }

    /// - Parameter configures: whether maintainer scripts will run, which an ordinary user needs a namespace for.
    static func open(configures: Bool, view: any ProgressView) throws -> BaseJob {
        if configures, RootlessEntry.isNeeded { try RootlessEntry.enter() }
        let environment = StoreAccess.environment()
        let store = try StoreAccess.open()
        let network = try NetworkAccess(environment: environment)
        let layers = LayerService(
            store: store, canUnpack: configures && geteuid() == 0,
            overlay: RootlessEntry.isInside ? .user : .trusted)
        let maker = BaseMaker(store: store, network: network, layers: layers, progress: ProgressReporter(view))
        return BaseJob(maker: maker, view: view)
    }

    /// Does work that an interruption ends, and closes everything whatever came of it.
    func run<Value: Sendable>(_ work: @escaping @Sendable (BaseMaker) async throws -> Value) async throws -> Value {
        do {
            let value = try await Interruption.shared.cancelling { [maker] in try await work(maker) }
            view.end()
            await maker.network.shutdown()
            return value
        } catch {
            view.end()
            await maker.network.shutdown()
            throw error
        }
    }
}
