internal import Core
internal import Glibc
internal import HostOS

extension Store {
    /// Accounts for every byte below the store's home.
    package func usage() throws(ContentStoreError) -> UsageReport {
        let catalog = try read { (index) throws(ContentStoreError) in try Catalog(index) }
        var walk = UsageWalk(store: self, catalog: catalog)
        try walk.run()
        return UsageReport(items: walk.items)
    }
}

/// The walk through the store's directories that gives each file to one item.
private struct UsageWalk {
    let store: Store
    let catalog: Catalog
    var items: [UsageItem] = []
    private var measure = TreeMeasure()
    private var overhead: Int64 = 0
    private var index: Int64 = 0

    init(store: Store, catalog: Catalog) {
        self.store = store
        self.catalog = catalog
    }

    private var location: StoreLocation { store.location }

    mutating func run() throws(ContentStoreError) {
        addOwn(location.home)
        for name in try store.names(in: location.home) {
            let path = location.home + "/" + name
            switch name {
            case "blobs": try addBlobs(path)
            case "layers": try addLayers()
            case "caches": try addCaches()
            case "tmp": try addSessions()
            case "partial": try addFiles(location.partial, .partial, "interrupted download")
            case "logs": try addFiles(location.logs, .log, "log of a failed step")
            default:
                let size = measure.tree(path)
                if path.hasPrefix(location.index) { index += size } else { overhead += size }
            }
        }
        for item in catalog.analyses {
            items.append(item)
            index -= item.bytes
        }
        add(.index, "index.sqlite", "index of the store", index)
        add(.overhead, "", "directories and locks of the store", overhead)
    }

    private mutating func add(_ kind: UsageKind, _ id: String, _ description: String, _ bytes: Int64) {
        items.append(UsageItem(kind: kind, id: id, description: description, bytes: bytes))
    }

    private mutating func addOwn(_ directory: String) {
        if let info = try? FileInfo.of(directory) { overhead += measure.own(info) }
    }

    private mutating func addBlobs(_ directory: String) throws(ContentStoreError) {
        addOwn(directory)
        for name in try store.names(in: directory) {
            guard name == "sha256" else {
                overhead += measure.tree(directory + "/" + name)
                continue
            }
            addOwn(location.blobs)
            for name in try store.names(in: location.blobs) {
                let size = measure.tree(location.blobs + "/" + name)
                if let digest = Digest(hex: name) {
                    items.append(catalog.item(blob: digest, bytes: size))
                } else {
                    overhead += size
                }
            }
        }
    }

    private mutating func addLayers() throws(ContentStoreError) {
        addOwn(location.layers)
        for name in try store.names(in: location.layers) {
            let place = location.layers + "/" + name
            guard let id = Digest(hex: name) else {
                overhead += measure.tree(place)
                continue
            }
            addOwn(place)
            for part in try store.names(in: place) {
                let size = measure.tree(place + "/" + part)
                switch part {
                case "fs": items.append(catalog.item(layer: id, .layer, bytes: size))
                case "tar": items.append(catalog.item(layer: id, .layerTar, bytes: size))
                default: overhead += size
                }
            }
        }
    }

    private mutating func addCaches() throws(ContentStoreError) {
        addOwn(location.caches)
        for name in try store.names(in: location.caches) {
            let known = catalog.caches[name]
            items.append(
                UsageItem(
                    kind: .cacheMount, id: known?.id ?? name, description: "cache mount",
                    bytes: measure.tree(location.caches + "/" + name),
                    lastUsed: known.map { IndexTime.fileTime($0.used) },
                    isLeased: try isCacheHeld(name)))
        }
    }

    private func isCacheHeld(_ name: String) throws(ContentStoreError) -> Bool {
        for slot in try store.names(in: location.caches + "/" + name) {
            guard let lock = try LockFile.tryAcquire(store.cacheLockPath(name, slot)) else { return true }
            lock.release(removing: true)
        }
        return false
    }

    private mutating func addSessions() throws(ContentStoreError) {
        addOwn(location.temporary)
        for name in try store.names(in: location.temporary) {
            let size = measure.tree(location.temporary + "/" + name)
            if let lock = try LockFile.tryAcquire(StoreSession.lockPath(location, name)) {
                lock.release(removing: true)
                add(.deadTemporary, "tmp/" + name, "left by a process that died", size)
            } else {
                items.append(
                    UsageItem(
                        kind: .liveTemporary, id: "tmp/" + name, description: "unfinished work", bytes: size,
                        lastUsed: nil, isLeased: true))
            }
        }
    }

    private mutating func addFiles(
        _ directory: String, _ kind: UsageKind, _ description: String
    ) throws(ContentStoreError) {
        addOwn(directory)
        let prefix = directory.dropFirst(location.home.count + 1)
        for name in try store.names(in: directory) {
            let path = directory + "/" + name
            let used = (try? FileInfo.of(path))?.modified
            items.append(
                UsageItem(
                    kind: kind, id: "\(prefix)/\(name)", description: description, bytes: measure.tree(path),
                    lastUsed: used, isLeased: false))
        }
    }
}
