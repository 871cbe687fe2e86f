package import ArgumentParser
import BuildGraph
import ContentStore
import Core
import HostOS
import Layers
import Sandbox

/// `sampan run`.
package struct RunCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run an image's program, with the host's network.",
        discussion: """
            Ctrl-C and SIGTERM reach the program as the image's stop signal; what it has not left after the grace is \
            killed. Changes to the file system are thrown away. The exit status is the program's own.
            """)

    @Argument(help: "The image, and behind it arguments for its program.")
    var image: String?

    @Argument(parsing: .captureForPassthrough, help: "Arguments that take the place of the image's CMD.")
    var arguments: [String] = []

    @Option(name: .shortAndLong, help: "A variable, as NAME=VALUE; NAME alone passes on this process' own.")
    var env: [String] = []

    @Option(
        help:
            "Which image of an index, as os/architecture[/variant]; programs of another architecture run through QEMU.")
    var platform: String?

    @Option(name: .shortAndLong, help: "The user, as USER[:GROUP].")
    var user: String?

    @Option(name: .shortAndLong, help: "The working directory.")
    var workdir: String?

    @Option(help: "The program that takes the place of the image's ENTRYPOINT.")
    var entrypoint: String?

    @Option(name: .shortAndLong, help: "A directory or file of the host, as HOST:PATH[:ro].")
    var volume: [String] = []

    @Option(help: "The network: host or none.")
    var network: NetworkChoice = .host

    @Flag(help: "Make the root file system read-only.")
    var readOnly = false

    @Flag(name: .shortAndLong, help: "Give the program a terminal.")
    var terminal = false

    @Option(help: "Seconds between the stop signal and the kill.")
    var stopTimeout: Int = 10

    @Option(
        help:
            "Enter the file system of a failed RUN step, named by the beginning of its key; with a shell unless a program is given."
    )
    var step: String?

    @OptionGroup var registry: RegistryOptions

    package init() {}

    package func run() async throws {
        try RootlessEntry.enter()
        let store = try StoreAccess.open()
        defer { store.close() }
        if let step {
            let words = ([image].compactMap { $0 } + arguments)
            throw ExitCode(try FailedStepShell.enter(step, arguments: words, store: store))
        }
        guard let image else { throw ValidationError("Missing expected argument '<image>'") }
        let job = RunJob(command: self, store: store)
        let code = try await job.run(image)
        throw ExitCode(code)
    }
}
