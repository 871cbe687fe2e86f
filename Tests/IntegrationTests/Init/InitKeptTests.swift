import Glibc
import HostOS
import SampanTestSupport
import Testing

/// What init writes beside files of somebody else, and in places other than the working directory.
@Suite("sampan init beside what is there")
struct InitKeptTests {
    private func sample(_ name: String, as directory: String? = nil) throws -> InitSample {
        try InitSample(name, Workspace("init-kept"), as: directory)
    }

    @Test(
        "what is to be typed next works where init was typed",
        arguments: [
            ("web", "web", "cd web && "), ("a b", "a b", "cd 'a b' && "), ("it's", "it's", "cd 'it'\\''s' && "),
            ("web", "./web/../web", "cd ./web/../web && "), ("-x", "./-x", "cd ./-x && "), ("$x", "$x", "cd '$x' && "),
        ])
    func next(_ name: String, _ typed: String, _ words: String) throws {
        let sample = try sample("go-web", as: "copy")
        let place = sample.work.place
        #expect(rename(sample.directory, place.path(name)) == 0)
        func run(_ arguments: [String], in directory: String) throws -> Program.Outcome {
            try Program.run(
                ["init", "--yes"] + arguments, environment: ["SAMPAN_HOME": sample.work.home], directory: directory)
        }
        let outcome = try run([typed], in: place.path)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            outcome.error.hasSuffix("\nnext: \(words)sampan build -t weather . && sampan check weather\n"),
            "\(outcome.error)")
        let here = try run(["--port", "9000", "../" + name], in: place.path(name))
        #expect(
            here.error.hasSuffix("\nnext: sampan build -t weather . && sampan check weather\n"), "\(here.error)")
    }

    @Test("the policy beside somebody's own Dockerfile asks what that file says")
    func foreign() throws {
        let sample = try sample("c-make")
        let note =
            "note: the Dockerfile is kept: what is written beside it goes by what that file says (--force writes it anew)\n"
        func policy(_ dockerfile: String) throws -> String {
            try sample.work.place.file("c-make/Dockerfile", dockerfile)
            let outcome = try sample.succeed(["init", "--yes", "--ci", "none"])
            #expect(outcome.error.contains(note), "\(outcome.error)")
            #expect(try sample.text("Dockerfile") == dockerfile)
            let text = try sample.text("sampan.yaml")
            return text.split(separator: "\n").drop { $0.hasPrefix("#") }.joined(separator: "\n")
        }
        #expect(try policy("FROM gcc:12\nRUN make\n") == "policy:\n  secrets: true")
        #expect(try policy("FROM gcc:12\nUSER root\nEXPOSE 80\n") == "policy:\n  secrets: true")
        #expect(
            try policy("FROM gcc:12 AS a\nUSER app\nFROM a\nHEALTHCHECK CMD x\n")
                == "policy:\n  user:\n    non-root: true\n  secrets: true\n  healthcheck:\n    expect: present")
        #expect(
            try policy(
                "FROM scratch\nUSER 1000:1000\nEXPOSE 8090 53/udp\nLABEL org.opencontainers.image.title=x y=z\n")
                    == """
                    policy:
                      user:
                        non-root: true
                        numeric: true
                      secrets: true
                      ports:
                        allowed: [8090/tcp, 53/udp]
                      labels:
                        required: [org.opencontainers.image.title]
                    """)
        for hidden in ["FROM scratch\nUSER $U\nEXPOSE $P\n", "FROM scratch\nEXPOSE 80-90\n", "no Dockerfile\n", ""] {
            #expect(try policy(hidden) == "policy:\n  secrets: true", "\(hidden)")
        }
        #expect(!sample.exists("build.yaml") && !sample.exists("runtime.yaml"))
    }

    @Test("a Dockerfile that somebody changed is what the policy and the manifests go by, whatever the options say")
    func changed() throws {
        let sample = try sample("go-web")
        try sample.succeed(["init", "--yes", "--ci", "none"])
        let text = try sample.text("Dockerfile").replacing("EXPOSE 8081", with: "EXPOSE 8090").replacing(
            "USER 65532:65532", with: "USER 1000:1001")
        try sample.work.place.file("go-web/Dockerfile", text)
        let outcome = try sample.succeed(["init", "--yes", "--ci", "none", "--kubernetes", "--port", "9999"])
        #expect(
            outcome.error.contains(" EXPOSE in the Dockerfile, which is kept; 9999 by --port; main.go:16 says 8081\n"),
            "\(outcome.error)")
        let policy = try sample.text("sampan.yaml")
        #expect(policy.contains("allowed: [8090/tcp]\n") && policy.contains("shells: true\n"), "\(policy)")
        let manifests = try sample.text("deploy/kubernetes.yaml")
        #expect(manifests.contains("containerPort: 8090\n") && manifests.contains("runAsUser: 1000\n"), "\(manifests)")
        // The next run finds nothing to do.
        let again = try sample.succeed(["init", "--yes", "--ci", "none", "--kubernetes"])
        #expect(again.output == "", "\(again)")
        let forced = try sample.succeed(["init", "--yes", "--ci", "none", "--force", "--port", "9999"])
        #expect(forced.outputLines == ["Dockerfile", "sampan.yaml"], "\(forced)")
        #expect(try sample.text("sampan.yaml").contains("allowed: [9999/tcp]\n"))
    }

    @Test("a part of a repository gets no job that nobody would run")
    func repository() throws {
        let sample = try sample("go-web", as: "svc")
        let place = sample.work.place
        try place.file(".git/HEAD", "ref: refs/heads/main\n")
        try place.file(".git/config", "[remote \"origin\"]\n\turl = git@git.example.com:team/all.git\n")
        let note =
            "note: no CI job is written: the repository begins at .., and jobs are read there alone; docs/ci.md has one to put there\n"
        let outcome = try sample.succeed(["init", "--yes", "--ci", "all"])
        #expect(outcome.error.contains(note), "\(outcome.error)")
        #expect(outcome.outputLines == ["Dockerfile", ".dockerignore", "sampan.yaml"])
        #expect(try sample.text("Dockerfile").contains("image.source=\"https://git.example.com/team/all\""))
        #expect(try !sample.succeed(["init", "--yes", "--ci", "none"]).error.contains("no CI job"))
        // A submodule is a root of its own.
        try place.file("svc/.git", "gitdir: ../.git/modules/svc\n")
        #expect(
            try sample.succeed(["init", "--yes", "--ci", "github"]).outputLines == [
                "Dockerfile", ".github/workflows/image.yml",
            ])
    }
}
