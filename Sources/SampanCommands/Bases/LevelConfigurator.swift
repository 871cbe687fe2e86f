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
    /// - Returns: the layer, and the directory of the session in which it lies just so.
    func configure(
        _ unpacked: LayerContents, level: BaseLevel, onto lower: [LayerRef], archives: [String: Digest],
        platform: Platform, step: StepID
    ) async throws -> (contents: LayerContents, directory: String) {
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
            let upper = try HostDirectory.open(place + "/upper")
            try Self.clean(upper, try LayerScanner.scanLayer(upper, overlay: overlay))
            return (try LayerScanner.scanLayer(upper, overlay: overlay), place + "/upper")
        }
    }

    /// Puts away what scripts left behind, and gives everything the time that it has in the layer's blob.
    private static func clean(_ upper: HostDirectory, _ contents: LayerContents) throws {
        var tidy = LayerTidy(upper)
        var kept: [BytePath] = []
        for entry in contents.entries {
            if !entry.isDirectory, ConfigurationScript.isLeftover(entry.path) {
                try tidy.remove(entry.path)
                continue
            }
            // Each machine that starts from the image is to get an identity of its own.
            if entry.path == "etc/machine-id", entry.isFile { try tidy.empty(entry.path) }
            if !entry.isWhiteout { kept.append(entry.path) }
        }
        for path in kept { try tidy.setModified(path, FileTime(seconds: 0)) }
    }

    private static func prepare(
        _ unpacked: LayerContents, _ archives: [String: Digest], _ store: Store, _ options: LayerUnpacker.Options
    ) throws -> String {
        let place = try store.session().makeDirectory("configure")
        for name in ["upper", "work", "scratch", "empty", "packages"] { try Directory.create(place + "/" + name) }
        for name in ["upper", "empty"] {
            try check("set mode of", place + "/" + name) { chmod(place + "/" + name, 0o755) }
        }
        try LayerUnpacker(into: HostDirectory.open(place + "/upper"), options: options)
            .unpack(unpacked.stamped(LayerService.unpackedTime))
        for (name, digest) in archives {
            let target = place + "/packages/" + name
            // A second name of the blob; another file system's would be a copy, but the store is one.
            try check("link", target) { link(store.blobPath(digest), target) }
        }
        return place
    }
}
