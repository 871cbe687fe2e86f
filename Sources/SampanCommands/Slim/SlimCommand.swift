package import ArgumentParser
import Core
import Sandbox

/// `sampan slim`.
package struct SlimCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "slim",
        abstract:
            "Rewrite a fat Dockerfile so that its image holds what the program needs, and prove that it does the same.",
        discussion: """
            Builds the Dockerfile, runs its image under observation, adds a last stage FROM scratch with what was used, \
            builds that too, runs both, and compares. Containers have a network of their own with nothing in it. Standard \
            output gets the new Dockerfile, everything else goes to standard error. Exit status: 0 when the images did \
            the same, 1 when they did not, 3 when nothing could be compared.
            """)

    @Argument(help: "The Dockerfile.")
    var dockerfile: String = "Dockerfile"

    @Option(help: "The build context. (default: the Dockerfile's directory)")
    var context: String?

    @Option(
        help:
            "A request that both images have to answer alike, as http[s]://localhost[:PORT]/PATH. Can be given several times."
    )
    var probe: [String] = []

    @Option(
        help:
            "Arguments for the image's program, as behind sampan run IMAGE; exit code and output have to be alike. Can be given several times."
    )
    var run: [String] = []

    @Option(help: "Seconds that a program may take to get ready, or to end.")
    var timeout: Int = 30

    @Option(help: "A variable of the containers, as NAME=VALUE.")
    var env: [String] = []

    @Option(help: "The network of the containers: none or host.")
    var network: NetworkChoice = .none

    @Option(
        help:
            "The user of the slim image; keep is the fat one's. (default: 65532:65532 in root's place where that is proved to work, else the fat one's)"
    )
    var user: String?

    @Option(help: "The stage to slim. (default: the last)")
    var target: String?

    @Option(help: "A value for an ARG, as NAME=VALUE.")
    var buildArg: [String] = []

    @Option(help: "What a name means in FROM and --from, as NAME=IMAGE or NAME=DIRECTORY.")
    var buildContext: [String] = []

    @Option(help: "A secret for RUN --mount=type=secret, as id=NAME[,src=FILE|,env=VARIABLE].")
    var secret: [String] = []

    @Flag(help: "Leave the flags of go build as they are.")
    var keepFlags = false

    @Option(
        name: .shortAndLong,
        help:
            "Write the new Dockerfile to this file; - is standard output. One that is there stays unless it is proved.")
    var output: String = "-"

    @Flag(help: "Write the new Dockerfile in the place of the old one, when it is proved.")
    var inPlace = false

    @Flag(help: "Show what changes in the Dockerfile, as a diff, on standard output.")
    var diff = false

    @Option(
        name: .shortAndLong,
        help: "A name for the slim image, which it gets when it is proved. Can be given several times.")
    var tag: [String] = []

    @Flag(name: .shortAndLong, help: "Show neither steps nor proof.")
    var quiet = false

    @OptionGroup var registry: RegistryOptions

    package init() {}

    package func run() async throws {
        try RootlessEntry.enter()
        throw ExitCode(try await SlimJob(self).run())
    }
}
