package import ArgumentParser
import Core
import DockerfileSyntax
import Glibc
import HostOS

/// `sampan parse`.
package struct ParseCommand: ParsableCommand {
    package enum Format: String, ExpressibleByArgument, CaseIterable, Sendable {
        case json, sexp
    }

    package static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Print the syntax tree of a Dockerfile, with the place of every part, for other tools.")

    @Argument(help: "The Dockerfile; - reads standard input.")
    var file: String = "Dockerfile"

    @Option(help: "json, or sexp as BuildKit's parser tests write it.")
    var format: Format = .json

    package init() {}

    package func run() throws {
        let bytes: [UInt8]
        do {
            bytes =
                file == "-"
                ? try WholeFile.read(FileDescriptor(owning: dup(0)), limit: 32 << 20, name: "standard input")
                : try WholeFile.read(file, limit: 32 << 20)
        } catch {
            throw Diagnostic(code: "dockerfile.read", "cannot read '\(file)'", causes: [error.reason])
        }
        let result = Dockerfile.parse(SourceFile(name: file == "-" ? "<stdin>" : file, bytes: bytes))
        let dockerfile = try result.get()
        switch format {
        case .json: Console.shared.output(result.json(), terminator: "")
        case .sexp: Console.shared.output(dockerfile.sexp(), terminator: "")
        }
    }
}
