import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("sampan init writes files")
struct InitFilesTests {
    private func sample(_ name: String) throws -> InitSample { try InitSample(name, Workspace("init")) }

    @Test(
        "every sample gets its files",
        arguments: [
            "c-make", "cpp-cmake", "go-two", "go-web", "java-lines", "node-echo", "python-web", "rust-counter",
            "swift-service",
        ])
    func files(_ name: String) throws {
        let sample = try sample(name)
        let outcome = try sample.succeed(["init", "--yes", "--ci", "all", "--kubernetes", "--monitoring"])
        let wanted = [
            ".dockerignore", ".github/workflows/image.yml", ".gitlab-ci.yml", "Dockerfile",
            "deploy/grafana-dashboard.json",
            "deploy/kubernetes.yaml", "deploy/prometheus-rules.yaml", "sampan.yaml",
        ]
        #expect(Set(wanted).isSubset(of: outcome.outputLines), "\(outcome)")
        #expect(outcome.outputLines.allSatisfy(sample.exists))
        #expect(outcome.error.hasPrefix("WHAT "), "\(outcome.error)")
        // Nothing is left to do.
        let again = try sample.succeed(["init", "--yes", "--ci", "all", "--kubernetes", "--monitoring"])
        #expect(again.output == "")
        #expect(again.error.contains("unchanged Dockerfile\n"), "\(again.error)")
    }

    @Test("a dry run shows all and writes nothing")
    func dryRun() throws {
        let sample = try sample("go-web")
        let outcome = try sample.succeed(["init", "--dry-run"])
        #expect(outcome.output.hasPrefix("==> Dockerfile <==\n# Written by sampan init ("), "\(outcome.output)")
        #expect(outcome.error.contains("would write Dockerfile\n"))
        #expect(!sample.exists("Dockerfile"))
    }

    @Test("a file of somebody else stays, until --force")
    func foreign() throws {
        let sample = try sample("go-web")
        try sample.work.place.file("go-web/Dockerfile", "FROM scratch\n")
        let outcome = try sample.succeed(["init", "--yes"])
        #expect(
            outcome.error.contains("kept Dockerfile (sampan init did not write it; --force overwrites it)"),
            "\(outcome)")
        #expect(try sample.text("Dockerfile") == "FROM scratch\n")
        #expect(sample.exists("sampan.yaml"))
        let forced = try sample.succeed(["init", "--yes", "--force"])
        #expect(forced.output == "Dockerfile\n")
        #expect(try sample.text("Dockerfile").contains("ENTRYPOINT [\"/weather\"]"))
    }

    @Test("a new run updates what nobody changed, and keeps what somebody did")
    func rerun() throws {
        let sample = try sample("go-web")
        try sample.succeed(["init", "--yes"])
        let settings = try sample.text("sampan.yaml")
        try sample.work.place.file("go-web/sampan.yaml", settings + "# ours\n")
        let source = try sample.text("main.go").replacing(":8081", with: ":7070")
        try sample.work.place.file("go-web/main.go", source)
        let outcome = try sample.succeed(["init", "--yes"])
        #expect(outcome.output == "Dockerfile\n", "\(outcome)")
        #expect(try sample.text("Dockerfile").contains("EXPOSE 7070\n"))
        #expect(outcome.error.contains("kept sampan.yaml (changed since sampan init wrote it; --force overwrites it)"))
        #expect(try sample.text("sampan.yaml") == settings + "# ours\n")
    }

    @Test("a link in the place of a file is not followed")
    func link() throws {
        let sample = try sample("c-make")
        try sample.work.place.file("outside", "mine")
        symlink("../outside", sample.directory + "/Dockerfile")
        let outcome = try sample.run(["init", "--yes", "--force"])
        #expect(outcome.code == 2)
        #expect(
            outcome.error.contains("error: cannot read 'Dockerfile'\ncause: it is a symbolic link\n"),
            "\(outcome.error)")
        #expect(!sample.exists("sampan.yaml"))
    }

    @Test("nobody to ask is a mistake of usage, and writes nothing")
    func nobody() throws {
        let sample = try sample("c-make")
        let outcome = try sample.run(["init"])
        #expect(outcome.code == 64)
        #expect(outcome.error.contains("error: nobody is there to be asked\nhint: --yes writes without asking"))
        #expect(!sample.exists("Dockerfile"))
    }

    @Test(
        "what can't be used is told",
        arguments: [
            (["--kind", "pyton"], Int32(64), "there is no kind 'pyton'"),
            (["--kind", "rust"], 2, "this is no Rust project"),
            (["--program", "moonn"], 2, "there is no program 'moonn' in the project"),
            (["--port", "70000"], 64, "there is no port 70000"),
            (["--ci", "gitlabb"], 64, "there is no CI service 'gitlabb'"),
            (["/dev/null"], 2, "cannot read the directory '/dev/null'"),
            (["nowhere"], 2, "cannot read the directory 'nowhere'"),
            (["data"], 2, "nothing here tells what the project is"),
        ])
    func mistakes(_ arguments: [String], _ code: Int32, _ message: String) throws {
        let sample = try sample("c-make")
        let outcome = try sample.run(["init", "--yes"] + arguments)
        #expect(outcome.code == code)
        #expect(outcome.error.contains("error: " + message + "\n"), "\(outcome.error)")
        #expect(!sample.exists("Dockerfile"))
    }
}
