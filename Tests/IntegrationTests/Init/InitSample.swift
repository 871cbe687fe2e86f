import Glibc
import HostOS
import SampanTestSupport
import Testing

/// A copy of a sample project that `sampan init` and what follows work on.
struct InitSample {
    let work: Workspace
    let name: String
    var directory: String { work.place.path(name) }

    static let names = [
        "c-make", "c-sources", "cpp-cmake", "go-two", "go-web", "java-lines", "node-echo", "python-web",
        "rust-counter", "swift-service",
    ]

    /// - Parameters:
    ///   - work: one whose home has Debian's packages, for projects that are built.
    ///   - directory: what the copy is called; the sample's name by default. One that is there is taken as it is.
    init(_ name: String, _ work: Workspace, as directory: String? = nil) throws {
        self.work = work
        self.name = directory ?? name
        let place = work.place.path(self.name)
        try Shell.run("[ -d '\(place)' ] || cp -R '\(Repository.root)/Tests/Fixtures/projects/\(name)' '\(place)'")
    }

    /// Runs sampan in the project's directory.
    func run(
        _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [],
        timeout: Duration = .seconds(900)
    ) throws -> Program.Outcome {
        try Program.run(
            arguments, environment: ["SAMPAN_HOME": work.home].merging(environment) { $1 }, input: input,
            directory: directory, timeout: timeout)
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

    /// Runs an image's service on a loopback of its own, waits until the first of some paths answers, and gives what all
    /// of them answer, each with its status.
    func answers(_ tag: String, port: Int, _ paths: [String]) throws -> [String] {
        let log = work.place.path("service.log")
        let asked = paths.map { "curl -s -w ' %{http_code}' 'http://127.0.0.1:\(port)\($0)'; echo" }
        let script = """
            ip link set lo up
            SAMPAN_HOME='\(work.home)' '\(try Program.find())' run --read-only '\(tag)' >'\(log)' 2>&1 &
            server=$!
            tries=0
            until curl -s -o /dev/null 'http://127.0.0.1:\(port)\(paths[0])'; do
                tries=$((tries + 1))
                if [ $tries -gt 300 ]; then cat '\(log)'; exit 1; fi
                sleep 0.1
            done
            \(asked.joined(separator: "\n"))
            kill $server
            wait $server || true
            """
        let file = try work.place.file("service.sh", script + "\n")
        return try Shell.run("unshare --net sh '\(file)'").split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
    }

    /// Writes what init writes, looks it over, builds the image and judges it.
    /// - Parameter contexts: what images of registries stand for here.
    func make(_ tag: String, contexts: [String: String] = [:], _ location: SourceLocation = #_sourceLocation) throws {
        try succeed(["init", "--yes"], location)
        let lint = try succeed(["lint", "--no-shellcheck", "Dockerfile"], location)
        #expect(lint.output == "" && lint.error == "", "\(lint)", sourceLocation: location)
        let options = contexts.sorted { $0.key < $1.key }.flatMap { ["--build-context", "\($0.key)=\($0.value)"] }
        try succeed(["build", "-t", tag] + options + ["."], location)
        let check = try succeed(["check", tag], location)
        #expect(check.output.contains("rules hold"), "\(check.output)", sourceLocation: location)
    }
}
