internal import Core
internal import Glibc
internal import HostOS
internal import Synchronization

/// How a store is opened.
package struct StoreOptions: Sendable {
    /// Called with the directory of a dead session before it is removed, to unmount what is left below it.
    package var beforeSweep: @Sendable (_ directory: String) -> Void = { _ in }
    /// Removes a tree of unfinished or pruned work. Without privileges, files of other users' numbers need a helper.
    package var removeTree: @Sendable (_ path: String) throws -> Void = { try Directory.removeTree($0) }
    /// How long opening may spend on removing what dead sessions left; the rest waits for the next time.
    package var sweepBudget: Duration = .milliseconds(200)

    package init() {}
}

/// The store of blobs, images, layers and records on this machine, shared safely with other processes.
///
/// All calls block; they belong on a ``BlockingPool``. What a lookup returned and what was written is leased to this
/// object's session until ``close()``: no process prunes it meanwhile.
///
/// Truth is the index: a file without a row is garbage that ``prune(_:)`` sweeps, a row without its file is dropped
/// when met. A file appears by one rename inside the write transaction that makes its row; removing deletes the row
/// first, then the file under the write lock. So a kill at any instant leaves garbage at worst, never a row that lies.
package final class Store: Sendable {
    package let location: StoreLocation
    let options: StoreOptions

    private struct State {
        /// Nil once closed.
        var index: Index?
        var session: StoreSession?
    }

    private let state: Mutex<State>

    /// How long a process waits for another's write transaction, in milliseconds.
    private static let lockTimeout: Int32 = 60_000

    private init(location: StoreLocation, options: StoreOptions, state: State) {
        self.location = location
        self.options = options
        self.state = Mutex(state)
    }

    /// Opens a store, making it when missing, and sweeps what dead processes left.
    package static func open(
        _ location: StoreLocation, options: StoreOptions = StoreOptions()
    ) throws(ContentStoreError) -> Store {
        try mapping(location.home) { () throws(SystemError) in
            for directory in location.directories {
                // What lies in layers and caches has the owners and modes of images: other users of the host stay out.
                let isPrivate = directory == location.layers || directory == location.caches
                try Directory.create(directory, mode: isPrivate ? 0o700 : 0o711)
            }
        }
        let database = try Database(path: location.index, timeout: lockTimeout)
        let isNew = try Schema.prepare(database) { () throws(ContentStoreError) in
            let path = location.locks + "/index"
            guard let lock = try LockFile.acquire(path) else { throw .busy(path: path) }
            return lock
        }
        // In WAL mode a power cut can lose the last transactions but not damage the file.
        try database.execute(
            """
            PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;
            PRAGMA journal_size_limit = 1048576; PRAGMA wal_autocheckpoint = 256
            """)
        let store = Store(location: location, options: options, state: State(index: Index(database)))
        if isNew { try store.adoptFoundBlobs() }
        store.keepReserve()
        do throws(ContentStoreError) {
            try store.sweep(budget: options.sweepBudget)
        } catch {
            // Pruning, which is what helps now, sweeps again with the reserve.
            guard case .diskFull = error else { throw error }
        }
        return store
    }

    deinit { close() }

    /// Writes pending use marks, removes the session's directory and drops its leases. Later calls throw `closed`;
    /// closing again does nothing.
    package func close() {
        let (index, session) = state.withLock { state -> (Bool, StoreSession?) in
            defer {
                state.index = nil
                state.session = nil
            }
            guard let index = state.index else { return (false, nil) }
            // A full disk must not keep a process from ending; marks and leases are hints for pruning alone.
            try? index.flush()
            if let session = state.session { try? index.dropLeases(session: session.id) }
            return (true, state.session)
        }
        guard index, let session else { return }
        rescuePartials(session.directory)
        try? options.removeTree(session.directory)
        session.end()
    }

    /// This process' place for unfinished work, made at first need.
    package func session() throws(ContentStoreError) -> StoreSession {
        try state.withLock { (state) throws(ContentStoreError) in try session(&state) }
    }

    private func session(_ state: inout State) throws(ContentStoreError) -> StoreSession {
        if let session = state.session { return session }
        guard state.index != nil else { throw .closed }
        let session = try StoreSession(location)
        state.session = session
        return session
    }

    /// The session's id when there is one.
    var currentSession: String? { state.withLock { $0.session?.id } }

    /// Keeps things from being pruned until ``close()``.
    package func lease(_ things: [StoreItem]) throws(ContentStoreError) {
        try writeLeasing { (_) throws(ContentStoreError) in ((), things) }
    }

    /// Looks into the index without changing it.
    func read<Value: Sendable>(
        _ body: (Index) throws(ContentStoreError) -> Value
    ) throws(ContentStoreError) -> Value {
        try state.withLock { (state) throws(ContentStoreError) in
            guard let index = state.index else { throw .closed }
            return try body(index)
        }
    }

    /// Changes the index in one transaction.
    func write<Value: Sendable>(
        _ body: (Index) throws(ContentStoreError) -> Value
    ) throws(ContentStoreError) -> Value {
        try read { (index) throws(ContentStoreError) in
            try index.write { () throws(ContentStoreError) in try body(index) }
        }
    }

    /// Changes the index in one transaction and leases what the body names, in the same.
    func writeLeasing<Value: Sendable>(
        _ body: (Index) throws(ContentStoreError) -> (Value, [StoreItem])
    ) throws(ContentStoreError) -> Value {
        try state.withLock { (state) throws(ContentStoreError) in
            let session = try session(&state)
            guard let index = state.index else { throw .closed }
            let (value, items) = try index.write { () throws(ContentStoreError) in
                let (value, items) = try body(index)
                try index.insertLeases(items, session: session.id)
                return (value, items)
            }
            index.remember(items)
            return value
        }
    }

    /// Looks something up and leases what was found.
    ///
    /// The body runs once without a transaction; when it found things that are not leased yet, again inside of one, so
    /// that nothing is pruned between the look and the lease.
    func readLeasing<Value: Sendable>(
        _ body: (Index) throws(ContentStoreError) -> (Value, [StoreItem])
    ) throws(ContentStoreError) -> Value {
        let quick = try read { (index) throws(ContentStoreError) -> Value? in
            let (value, items) = try body(index)
            for item in items { try index.markUsed(item) }
            return items.allSatisfy { index.isLeased($0) } ? value : nil
        }
        return if let quick { quick } else { try writeLeasing(body) }
    }
}
