import Bases
import Core
import Debian
import Glibc
import HostOS
import Inventory

/// Chooses the packages that a base is made of.
enum PackageSelection {
    /// Asks the archive for what the recipe names, as it is now.
    /// - Parameter progress: told how many bytes of indexes were fetched.
    static func resolve(
        _ chain: RecipeChain, architectures: [String], from archive: DebianArchive,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> LockFile {
        var resolved: [LockFile.Architecture] = []
        for architecture in architectures {
            let indexes = try await archive.indexes(architecture: architecture) { progress($1) }
            let levels = try await BlockingPool.compute.run { try Self.levels(chain, architecture, indexes) }
            resolved.append(LockFile.Architecture(name: architecture, levels: levels))
        }
        // apt in an image has Debian's keys and no others.
        let sources = archive.releases.map(\.source).filter(\.keyring.isDebian).compactMap { source in
            source.uris.first.map {
                LockFile.Source(
                    suite: source.suite, uri: Self.withoutCredentials($0), components: source.components)
            }
        }
        return LockFile(recipe: chain.resolutionKey, sources: sources, architectures: resolved)
    }

    /// An address as it may stand in files that others read.
    private static func withoutCredentials(_ uri: String) -> String {
        guard let scheme = uri.firstRange(of: "://") else { return uri }
        let rest = uri[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return uri }
        return String(uri[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }

    private static func levels(
        _ chain: RecipeChain, _ architecture: String, _ indexes: [PackageIndex]
    ) throws -> [LockFile.Level] {
        let resolver = PackageResolver(indexes)
        var installed: [DebianPackage] = []
        return try chain.levels.map { level in
            let request = ResolutionRequest(
                packages: level.packages, without: level.without, recommends: level.recommends,
                essential: level.essential, architecture: architecture, installed: installed)
            let packages = try resolver.resolve(request)
            installed += packages
            return LockFile.Level(name: level.name, packages: packages.map(LockedPackage.init))
        }
    }

    /// Takes what a lock file says.
    /// - Throws: when the lock was made for another recipe, or not for these architectures.
    static func locked(_ path: String, _ chain: RecipeChain, architectures: [String]) throws -> LockFile {
        let lock = try read(path)
        guard lock.recipe == chain.resolutionKey else {
            throw Diagnostic(
                code: "lock.stale", "'\(path)' was made for another state of the recipe",
                hint: "see what would change with sampan base update, and renew it with --write")
        }
        for architecture in architectures where lock[architecture] == nil {
            throw Diagnostic(
                code: "lock.architecture", "'\(path)' has no packages for \(architecture)",
                hint: "renew it with sampan base update --write")
        }
        return lock
    }

    static func read(_ path: String) throws -> LockFile {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try WholeFile.read(path)
        } catch {
            throw Diagnostic(
                code: "lock.read", "cannot read the lock file '\(path)'", causes: [error.reason],
                hint: "make it with sampan base lock")
        }
        return try LockFile(parsing: SourceFile(name: path, bytes: bytes))
    }

    /// The lock file that a recipe's file has beside it; nil for built-in recipes and where there is none.
    static func lockPath(for name: String) -> String? {
        guard RecipeChain.isFile(name) else { return nil }
        let path = LockFile.path(for: name)
        return access(path, F_OK) == 0 ? path : nil
    }
}

extension LockedPackage {
    init(_ package: DebianPackage) {
        self.init(
            name: package.name, version: package.version.text, architecture: package.architecture,
            suite: package.suite, path: package.path, size: package.size, sha256: package.sha256)
    }
}
