// https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
package import Core
private import Debian
package import OCI

/// The configuration of an image that holds a base.
package enum BaseConfig {
    /// Every base says it was made then: the same packages give the same bytes whenever they are put together.
    package static let created = "1970-01-01T00:00:00Z"

    /// - Parameters:
    ///   - architecture: Debian's name of it.
    ///   - diffIDs: one a level, the lowest first; nil for a level that has no files and so no layer.
    package static func imageConfig(
        _ chain: RecipeChain, architecture: String, diffIDs: [Digest?]
    ) -> ImageConfig {
        let settings = chain.image
        let config = ContainerConfig(
            user: settings.user, env: settings.environment.map { "\($0.name)=\($0.value)" },
            entrypoint: settings.entrypoint ?? [], cmd: settings.command ?? [], workingDir: settings.workdir,
            labels: settings.labels)
        let history = zip(chain.levels, diffIDs).map { level, diffID in
            ImageConfig.History(created: created, createdBy: line(level), emptyLayer: diffID == nil)
        }
        return ImageConfig(
            created: created, platform: platform(architecture), config: config, diffIDs: diffIDs.compactMap { $0 },
            history: history)
    }

    /// What made a level: its recipe, and the packages that it asks for.
    private static func line(_ level: Recipe) -> String {
        let packages = level.packages.map(\.name).joined(separator: " ")
        return "sampan base \(level.name)" + (packages.isEmpty ? "" : ": \(packages)")
    }

    /// How images call one of Debian's architectures.
    package static func platform(_ architecture: String) -> Platform {
        // https://wiki.debian.org/ArchitectureSpecificsMemo
        switch architecture {
        case "armel": Platform(os: "linux", architecture: "arm", variant: "v5")
        case "armhf": Platform(os: "linux", architecture: "arm", variant: "v7")
        case "i386": Platform(os: "linux", architecture: "386")
        case "mipsel": Platform(os: "linux", architecture: "mipsle")
        case "mips64el": Platform(os: "linux", architecture: "mips64le")
        case "ppc64el": Platform(os: "linux", architecture: "ppc64le")
        default: Platform(os: "linux", architecture: architecture)
        }
    }
}
