package import ContentStore
package import Core
import DockerfileSyntax

/// One RUN with everything resolved: what its key is made of, and what the sandbox needs.
package struct RunPlan: Sendable {
    package struct Cache: Sendable {
        package var id: String
        /// Which stage or image `base` is of, as the instruction names it.
        package var from: String?
        package var sharing: CacheSharing
        /// What a new cache starts with.
        package var base: [LayerRef]
        package var path: BytePath
        package var mode: UInt32?
        package var uid: UInt32?
        package var gid: UInt32?
        package var readOnly: Bool
    }

    package enum Mount: Sendable {
        case stack([LayerRef], path: String, target: String, writable: Bool)
        case cache(Cache, target: String)
        case tmpfs(size: Int64?, target: String)
        case secret(BuildRequest.Secret, mode: UInt32, uid: UInt32, gid: UInt32, target: String)
        case agent(String, mode: UInt32, uid: UInt32, gid: UInt32, target: String)
    }

    package var arguments: [String]
    package var environment: Environment
    package var directory: String
    package var user: String
    package var layers: [LayerRef]
    /// Of the stage, which need not be that of the target.
    package var platform: Platform
    package var network: ExecutionRequest.Network = .default
    package var insecure = false
    package var mounts: [Mount] = []
    package var secrets: [BuildRequest.Secret] = []
    package var secretEnvironment: [(name: String, secret: BuildRequest.Secret)] = []
    /// Where secrets go, by name; their contents are in no key.
    package var secretNames: [String] = []
    package var agentSocket: String?

    /// Chains of layers that the program can read: the stage's own, then those of mounts.
    package var inputLayers: [[LayerRef]] {
        [layers]
            + mounts.compactMap { mount in
                switch mount {
                case .stack(let layers, _, _, _): layers
                case .cache, .tmpfs, .secret, .agent: nil
                }
            }
    }

    /// The caches that mounts show, each once, in the order in which every program takes them. One that several mounts
    /// show is as exclusive as the most exclusive of these wants it.
    var caches: [Cache] {
        var known: [String: Cache] = [:]
        for case .cache(let cache, _) in mounts {
            var cache = cache
            if let other = known[cache.id] {
                let sharing = [cache.sharing, other.sharing].max { $0.exclusiveness < $1.exclusiveness }
                cache = other
                cache.sharing = sharing ?? other.sharing
            }
            known[cache.id] = cache
        }
        return known.values.sorted {
            ($0.sharing == .private ? 1 : 0, $0.id) < ($1.sharing == .private ? 1 : 0, $1.id)
        }
    }

    package var inputs: [[Digest]] { inputLayers.map { $0.map(\.id) } }

    /// The instruction without its inputs.
    package func shape(_ request: BuildRequest) -> Digest {
        var hash = KeyHasher("run/2")
        hash.add(arguments)
        let variables = environment.list.filter { item in
            !BuildArguments.isProxy(String(item.prefix { $0 != "=" }))
        }
        hash.add(variables)
        hash.add(directory)
        hash.add(user)
        hash.add(network.rawValue)
        hash.add(insecure)
        hash.add(platform.description)
        hash.add(request.settings.extraHosts.map { "\($0.name)=\($0.address)" })
        hash.add(UInt64(bitPattern: request.settings.sharedMemory ?? -1))
        hash.add(request.settings.ulimits.map { "\($0.name)=\($0.soft):\($0.hard)" })
        hash.add(secretNames)
        for mount in mounts {
            switch mount {
            case .stack(_, let path, let target, let writable):
                hash.add("stack")
                hash.add([path, target, String(writable)])
            case .cache(let cache, let target):
                hash.add("cache")
                hash.add([cache.id, target, cache.sharing.rawValue, String(cache.readOnly)])
                // Its layers may have names that only this machine knows, and count when a cache is new alone.
                hash.add([cache.from ?? "", cache.path.absolute])
                hash.add(Self.access(cache.mode, cache.uid, cache.gid))
            case .tmpfs(let size, let target):
                hash.add("tmpfs")
                hash.add([String(size ?? -1), target])
            case .secret(_, let mode, let uid, let gid, let target):
                hash.add("secret")
                hash.add(target)
                hash.add(Self.access(mode, uid, gid))
            case .agent(_, let mode, let uid, let gid, let target):
                hash.add("agent")
                hash.add(target)
                hash.add(Self.access(mode, uid, gid))
            }
        }
        return hash.finalize()
    }

    /// What a program sees of a mount with stat(2); nothing for what is left as it is.
    private static func access(_ mode: UInt32?, _ uid: UInt32?, _ gid: UInt32?) -> [String] {
        [mode, uid, gid].map { $0.map { String($0) } ?? "" }
    }
}

/// What is kept of a RUN: the layer it made, and the layers it was made from.
package struct StepResult: Sendable, Equatable {
    /// Nil when the program changed nothing.
    package var layer: Digest?
    package var inputs: [[Digest]]

    package init(layer: Digest?, inputs: [[Digest]]) {
        self.layer = layer
        self.inputs = inputs
    }

    /// Lines of text: the layer or `-`, then a line a chain.
    package var encoded: [UInt8] {
        let chains = inputs.map { $0.map(\.hex).joined(separator: " ") }
        return Array(([layer?.hex ?? "-"] + chains).joined(separator: "\n").utf8)
    }

    package init?(decoding bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first else { return nil }
        if first != "-" {
            guard let layer = Digest(hex: first) else { return nil }
            self.layer = layer
        }
        inputs = []
        for line in lines.dropFirst() {
            let ids = line.split(separator: " ").map { Digest(hex: $0) }
            guard !ids.contains(nil) else { return nil }
            inputs.append(ids.compactMap { $0 })
        }
    }
}

extension CacheSharing {
    /// `private` before `locked`, because a directory of its own has no other user at all.
    fileprivate var exclusiveness: Int {
        switch self {
        case .shared: 0
        case .locked: 1
        case .private: 2
        }
    }
}
