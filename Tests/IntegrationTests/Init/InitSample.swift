import Glibc
import HostOS
import SampanTestSupport
import Testing

/// A copy of a sample project that `sampan init` and what follows work on.
struct InitSample {
    let work: Workspace
    let name: String
    var directory: String { work.place.path(name) }

    /// - Parameter work: one whose home has Debian's packages, for projects that are built.
    init(_ name: String, _ work: Workspace) throws {
        self.work = work
        self.name = name
        try Shell.run("cp -R '\(Repository.root)/Tests/Fixtures/projects/\(name)' '\(work.place.path)/'")
    }

    /// Runs sampan in the project's directory.
    func run(_ arguments: [String], input: [UInt8] = [], timeout: Duration = .seconds(900)) throws -> Program.Outcome {
        try Program.run(
            arguments, environment: ["SAMPAN_HOME": work.home], input: input, directory: directory, timeout: timeout)
    }

    @discardableResult
    func succeed(_ arguments: [String], _ location: SourceLocation = #_sourceLocation) throws -> Program.Outcome {
        let outcome = try run(arguments)
        try #require(outcome.code == 0, "\(arguments): \(outcome)", sourceLocation: location)
        return outcome
    }

    func text(_ file: String) throws -> String {
        String(decoding: try WholeFile.read("\(directory)/\(file)"), as: UTF8.self)
    }

    func exists(_ file: String) -> Bool { access("\(directory)/\(file)", F_OK) == 0 }

    /// Writes what init writes, looks it over, builds the image and judges it.
    /// - Parameter contexts: what images of registries stand for here.
    func make(_ tag: String, contexts: [String: String] = [:], _ location: SourceLocation = #_sourceLocation) throws {
        try succeed(["init", "--yes"], location)
        try succeed(["lint", "Dockerfile"], location)
        let options = contexts.sorted { $0.key < $1.key }.flatMap { ["--build-context", "\($0.key)=\($0.value)"] }
        try succeed(["build", "-t", tag] + options + ["."], location)
        let check = try succeed(["check", tag], location)
        #expect(check.output.contains("rules hold"), "\(check.output)", sourceLocation: location)
    }
}
