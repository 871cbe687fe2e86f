import Core
package import DockerfileSyntax
private import HostOS
package import Layers

/// A build context that is a directory on this machine, filtered by its ignore file.
package struct DirectoryContext: ContextSource {
    private let path: String
    private let ignore: IgnoreMatcher?
    /// Paths that stay whatever the ignore file says, because the builder itself reads them.
    private let digests: FileDigests

    package init(path: String, ignore: IgnoreMatcher?, digests: FileDigests) {
        self.path = path
        self.ignore = ignore
        self.digests = digests
    }

    package func contents() async throws -> LayerContents {
        let (path, ignore) = (path, ignore)
        let observed = FileTime.now()
        let scanned = try await BlockingPool.compute.run {
            try LayerScanner.scanFiles(HostDirectory.open(path)) { file, isDirectory in
                guard let ignore, ignore.excludes(file) else { return .include }
                guard isDirectory else { return .exclude }
                return ignore.canSkip(file, ignore.match(file, parent: nil)) ? .skip : .exclude
            }
        }
        let entries = scanned.entries.map { entry in
            // Whoever builds, files of a context belong to root; who owns them here must not make another image.
            var entry = entry
            (entry.uid, entry.gid) = (0, 0)
            entry.attributes = []
            return entry
        }
        return try await digests.resolve(LayerContents(entries), observed: observed)
    }
}

/// A build context whose files are known: an unpacked tar stream or a git checkout.
package struct FixedContext: ContextSource {
    private let fixed: LayerContents

    package init(_ contents: LayerContents) { fixed = contents }

    package func contents() async throws -> LayerContents { fixed }
}
