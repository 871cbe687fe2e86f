import Bases
import BuildGraph
import ContentStore
import Core
import Debian
import Glibc
import HostOS
import Layers

/// Lets dpkg configure the packages of a level in the sandbox.
struct LevelConfigurator {
    let store: Store
    let layers: LayerService
    let executor: any StepExecutor
    let progress: any ProgressSink

    /// Runs the maintainer scripts on unpacked packages.
    ///
    /// The packages lie in the upper directory of the overlay from the start: what the scripts change is changed in
    /// place, and what lies there at the end is the level's layer.
    /// - Parameters:
    ///   - unpacked: the files of the packages and dpkg's database.
    ///   - lower: the levels below.
    ///   - archives: packages that dpkg unpacks itself, by file name.
    /// - Returns: the layer, whose contents lie in a directory of the session.
    func configure(
        _ unpacked: LayerContents, level: BaseLevel, onto lower: [LayerRef], archives: [String: Digest],
        platform: Platform, step: StepID
    ) async throws -> LayerContents {
        try await executor.prepare()
        let directories = try await layers.directories(lower)
        let (store, layers) = (store, layers)
        let place = try await BlockingPool.compute.run {
            try Self.prepare(unpacked, archives, store, layers.unpackOptions)
        }
        let log = StepLog(path: place + "/log", secrets: [], step: step, progress: progress)
        let script = ConfigurationScript.text(level.packages, unpack: archives.keys.sorted(), recipe: level.recipe)
        let outcome = try await executor.execute(
            ExecutionRequest(
                layers: directories.isEmpty ? [place + "/empty"] : directories, upper: place + "/upper",
                work: place + "/work", scratch: place + "/scratch", arguments: ["/bin/sh", "-c", script],
                environment: ConfigurationScript.environment, directory: "/", user: ResolvedUser(),
                mounts: archives.isEmpty
                    ? []
                    : [
                        .init(
                            target: ConfigurationScript.archives,
                            kind: .directory(place + "/packages", readOnly: true))
                    ],
                network: .none, insecure: false, settings: ExecutionSettings(), platform: platform,
                output: { log.write($0) }))
        try log.finish()
        try Task.checkCancellation()
        guard outcome.code == 0 else {
            let kept = try store.keepLog(log.path, step: try unpacked.contentID())
            throw Diagnostic(
                code: "base.configure", "dpkg could not configure the packages (exit code \(outcome.code))",
                causes: [log.lastLine ?? "it printed nothing", "its whole output is in \(kept)"],
                hint: "packages whose scripts need a running system can't be part of an image")
        }
        let overlay = layers.overlay
        return try await BlockingPool.compute.run {
            let changed = try LayerScanner.scanLayer(HostDirectory.open(place + "/upper"), overlay: overlay)
            return LayerContents(try changed.entries.compactMap(Self.cleaned))
        }
    }

    /// An entry as it goes into the layer; nil for what scripts left behind.
    private static func cleaned(_ entry: Entry) throws -> Entry? {
        if !entry.isDirectory, ConfigurationScript.isLeftover(entry.path) { return nil }
        // Each machine that starts from the image is to get an identity of its own.
        if entry.path == "etc/machine-id", entry.isFile { return .file(entry.path, bytes: [], mode: entry.mode) }
        return entry
    }

    private static func prepare(
        _ unpacked: LayerContents, _ archives: [String: Digest], _ store: Store, _ options: LayerUnpacker.Options
    ) throws -> String {
        let place = try store.session().makeDirectory("configure")
        for name in ["upper", "work", "scratch", "empty", "packages"] { try Directory.create(place + "/" + name) }
        for name in ["upper", "empty"] {
            try check("set mode of", place + "/" + name) { chmod(place + "/" + name, 0o755) }
        }
        let stamped = unpacked.entries.map { entry in
            var entry = entry
            entry.modified = LayerService.unpackedTime
            return entry
        }
        try LayerUnpacker(into: HostDirectory.open(place + "/upper"), options: options).unpack(LayerContents(stamped))
        for (name, digest) in archives {
            let target = place + "/packages/" + name
            // A second name of the blob; another file system's would be a copy, but the store is one.
            try check("link", target) { link(store.blobPath(digest), target) }
        }
        return place
    }
}
