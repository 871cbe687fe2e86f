package import ArgumentParser
import BuildGraph
import Core

/// `sampan build`.
package struct BuildCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build an image from a Dockerfile.",
        discussion: """
            The result is in the store under the names given with --tag; --output writes it elsewhere too. Standard output \
            gets the image's digest, everything else goes to standard error.
            """)

    @Argument(help: "A directory, a git URL, the URL of a tar archive, or - for a tar archive on standard input.")
    var context: String = "."

    @Option(
        name: [.customShort("f"), .long],
        help: "The Dockerfile; - reads it from standard input. (default: CONTEXT/Dockerfile)")
    var file: String?

    @Option(name: .shortAndLong, help: "A name for the image. Can be given several times.")
    var tag: [String] = []

    @Option(help: "The stage to build. (default: the last)")
    var target: String?

    @Flag(
        help:
            "Check the Dockerfile with the rules of sampan lint and build nothing; the exit status is 1 when something is found."
    )
    var check = false

    @Option(help: "A value for an ARG, as NAME=VALUE; NAME alone takes it from the environment.")
    var buildArg: [String] = []

    @Option(help: "What a name means in FROM and --from, as NAME=IMAGE or NAME=DIRECTORY.")
    var buildContext: [String] = []

    @Option(help: "A label for the image, as NAME=VALUE.")
    var label: [String] = []

    @Option(help: "An annotation, as [manifest:|index:|manifest-descriptor:]NAME=VALUE.")
    var annotation: [String] = []

    @Option(help: "The platforms to build for, as os/architecture[/variant], separated by commas.")
    var platform: [String] = []

    @Option(help: "A secret for RUN --mount=type=secret, as id=NAME[,src=FILE|,env=VARIABLE].")
    var secret: [String] = []

    @Option(help: "An SSH agent for RUN --mount=type=ssh, as default or ID=SOCKET.")
    var ssh: [String] = []

    @Option(help: "A line of /etc/hosts in RUN, as NAME:ADDRESS.")
    var addHost: [String] = []

    @Option(help: "The size of /dev/shm in RUN, such as 64m.")
    var shmSize: String?

    @Option(help: "A limit in RUN, as NAME=SOFT[:HARD].")
    var ulimit: [String] = []

    @Flag(help: "Run every step anew.")
    var noCache = false

    @Option(help: "Stages to run anew, separated by commas.")
    var noCacheFilter: [String] = []

    @Flag(help: "Do not remember in the store which line of the Dockerfile made which layer.")
    var noSourceLines = false

    @Flag(help: "Ask the registry for bases that are known here too.")
    var pull = false

    @Option(
        help:
            "Where to write what this build has learned for others, as type=registry,ref=NAME, type=local,dest=DIR or type=inline, with mode=min|max. Can be given several times."
    )
    var cacheTo: [String] = []

    @Option(
        help:
            "A cache that another build has written, as type=registry,ref=NAME or type=local,src=DIR. Can be given several times."
    )
    var cacheFrom: [String] = []

    @Option(help: "Whether cache mounts travel with such caches: import, export, both or off. (default: import)")
    var cacheMounts: String?

    @Option(help: "The network of RUN: default, none or host.")
    var network: NetworkChoice = .default

    @Option(help: "A privilege that RUN may ask for: security.insecure or network.host.")
    var allow: [String] = []

    @Option(help: "How to show what happens: auto, tty, plain, rawjson or quiet.")
    var progress: ProgressMode = .auto

    @Flag(name: .shortAndLong, help: "Print the digest and nothing else.")
    var quiet = false

    @Option(help: "A file that gets the image's digest.")
    var iidfile: String?

    @Option(help: "A file that gets facts about the result as JSON.")
    var metadataFile: String?

    @Option(
        name: .shortAndLong,
        help:
            "Where to write the result, as type=oci|oci-archive|docker|tar|local|image|registry,dest=PATH. Can be given several times."
    )
    var output: [String] = []

    @Flag(help: "Push the image under its tags; the same as --output type=registry.")
    var push = false

    @Flag(help: "Load the image into the daemon of Docker or Podman; the same as --output type=docker.")
    var load = false

    @Option(
        help:
            "What a pushed image gets to say how it was made: true, false or mode=min|max[,builder-id=URI]. (default: true)"
    )
    var provenance: String?

    @Option(help: "A list of what a pushed image was put together from: true or false. (default: false)")
    var sbom: String?

    @Option(help: "The same as --provenance and --sbom, as type=provenance|sbom[,mode=min|max].")
    var attest: [String] = []

    @OptionGroup var registry: RegistryOptions

    @Flag(help: "Open a shell in the file system of a RUN that failed.")
    var debugShell = false

    package init() {}

    package func run() async throws {
        try await BuildJob(self).run()
    }
}

/// The networks a RUN can have.
package enum NetworkChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case `default`, none, host
}
