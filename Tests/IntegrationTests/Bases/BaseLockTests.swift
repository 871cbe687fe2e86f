import Core
import HostOS
import SampanTestSupport
import Testing

@Suite("locked bases")
struct BaseLockTests {
    /// An archive in which some time has passed: `app` is newer and needs something else, `data` is gone.
    private static let later = [
        DebFile(
            "app", version: "1.3-1", fields: ["Depends: lib (>= 1), extra"],
            members: [.file("usr/bin/app", "newer app", mode: 0o755)]),
        DebFile("lib", version: "1:2.0-1", members: [.file("usr/lib/lib.so.1", "library")]),
        DebFile("extra", architecture: "all", members: [.file("usr/share/extra", "extra")]),
    ]

    @Test("a lock names every package of every architecture by version and digest")
    func lock() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("architectures: [amd64, arm64]", "packages: [app]")
        let outcome = try bench.succeed("lock", recipe)
        #expect(outcome.output == "./my.lock.yaml\n")
        #expect(outcome.error.contains("locked packages: 3 for amd64, 3 for arm64\n"))
        let text = try bench.work.place.text("my.lock.yaml")
        let lib = try SHA256.digest(of: BaseBench.packages[2].bytes).hex
        let size = try BaseBench.packages[2].bytes.count
        let line = try #require(text.split(separator: "\n").first { $0.contains("{name: lib, ") })
        #expect(
            line.replacing("\"", with: "").drop { $0 == " " } == "- {name: lib, version: 1:2.0-1, architecture: amd64, "
                + "suite: bookworm, size: \(size), sha256: \(lib), path: pool/main/l/lib/lib_2.0-1_amd64.deb}")
        #expect(text.split(separator: "\n").filter { $0.contains("name: ") && $0.contains("sha256: ") }.count == 6)
        #expect(try bench.succeed("lock", recipe, "-o", "-").output == text)
        #expect(try bench.succeed("lock", recipe, "-o", "other.yaml").output == "other.yaml\n")
        #expect(try bench.work.place.text("other.yaml") == text)
    }

    @Test("a locked base is built without a mirror once its packages are there")
    func offline() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages: [app]")
        try bench.succeed("lock", recipe)
        let digest = try bench.succeed("build", recipe).result
        bench.mirror.stop()
        bench.mirror.server.clearRequests()
        #expect(try bench.succeed("build", recipe).result == digest)
        #expect(try bench.succeed("build", "--no-cache", recipe).result == digest)
        let changed = try bench.base("build", "--no-cache", "--ignore-lock", recipe)
        #expect(changed.code == 2)
        #expect(changed.error.contains("hint: "), "\(changed.error)")
    }

    @Test("a locked base stays the same to the byte while the archive moves on")
    func moving() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages: [app]")
        try bench.succeed("lock", recipe)
        let digest = try bench.succeed("build", recipe).result
        try bench.publish(Self.later)
        #expect(try bench.succeed("build", "--no-cache", recipe).result == digest)
        // Another machine, which has to fetch the old packages: mirrors keep them for a while.
        try Directory.removeTree(bench.work.home)
        #expect(try bench.succeed("build", recipe).result == digest)
        let newer = try bench.succeed("build", "--ignore-lock", recipe).result
        #expect(newer != digest)
        #expect(try bench.work.files(newer)["usr/bin/app"]?.text == "newer app")
        #expect(try bench.succeed("build", recipe, "--lock", "my.lock.yaml").result == digest)
    }

    @Test("update shows what would change, and changes it when told to")
    func update() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("architectures: [amd64]", "packages: [app]")
        try bench.succeed("lock", recipe)
        let before = try bench.work.place.text("my.lock.yaml")
        let same = try bench.succeed("update", recipe)
        #expect(same.output == "")
        #expect(same.error.contains("nothing has changed\n"), "\(same.error)")
        try bench.publish(Self.later)
        let shown = try bench.succeed("update", recipe)
        #expect(
            shown.outputLines.map { $0.split(separator: " ").joined(separator: " ") } == [
                "CHANGE PACKAGE ARCHITECTURES LEVEL OLD NEW", "changed app amd64 my 1.2-3 1.3-1",
                "removed data amd64 my 1.0-1 -", "added extra amd64 my - 1.0-1",
            ])
        #expect(shown.error.contains("renew './my.lock.yaml' with: sampan base update --write ./my.yaml\n"))
        #expect(try bench.work.place.text("my.lock.yaml") == before)
        let json = try bench.succeed("update", recipe, "--format", "json").output
        #expect(json.contains("\"new\" : \"1.3-1\"") || json.contains("\"new\": \"1.3-1\""), "\(json)")
        let written = try bench.succeed("update", "--write", recipe)
        #expect(written.output == shown.output)
        #expect(written.error.contains("renewed './my.lock.yaml'\n"))
        #expect(try bench.work.place.text("my.lock.yaml") != before)
        #expect(try bench.work.files(bench.succeed("build", recipe).result)["usr/share/extra"]?.text == "extra")
    }

    @Test("a lock that does not fit the recipe is refused")
    func stale() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages: [app]", "architectures: [amd64]")
        try bench.succeed("lock", recipe)
        try bench.recipe("packages: [app, tool]", "architectures: [amd64]")
        let stale = try bench.base("build", recipe)
        #expect(stale.code == 2)
        #expect(
            stale.error == """
                error: './my.lock.yaml' was made for another state of the recipe
                hint: see what would change with sampan base update, and renew it with --write

                """)
        try bench.succeed("update", "--write", recipe)
        let digest = try bench.succeed("build", recipe).result
        // What the packages do not depend on may change.
        try bench.recipe("packages: [app, tool]", "architectures: [amd64]", "labels: {a: b}")
        #expect(try bench.succeed("build", recipe).result != digest)
    }

    @Test("a lock that lacks an architecture is refused")
    func architecture() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages: [app]", "architectures: [amd64, arm64]")
        try bench.succeed("lock", recipe)
        let lines = try bench.work.place.text("my.lock.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.contains("- name: arm64") })
        try bench.work.place.file("my.lock.yaml", lines[..<start].joined(separator: "\n") + "\n")
        let lacking = try bench.base("build", recipe, "--platform", "linux/arm64")
        #expect(lacking.code == 2)
        #expect(
            lacking.error == """
                error: './my.lock.yaml' has no packages for arm64
                hint: renew it with sampan base update --write

                """)
        try bench.succeed("build", recipe)
    }

    @Test("what is no lock file is refused with its place")
    func malformed() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages: [app]", "architectures: [amd64]")
        try bench.succeed("lock", recipe)
        let good = try bench.work.place.text("my.lock.yaml")
        for (text, error) in [
            ("", "the file holds no value"), ("[]\n", "a mapping"), ("version: 7\n", "version"),
            (good.replacing("sha256: ", with: "sha256: x"), "sha256"),
            (good.replacing("size: ", with: "size: -"), "size"),
            (good.replacing("path: pool", with: "path: ../pool"), "path"),
        ] {
            try bench.work.place.file("my.lock.yaml", text)
            let outcome = try bench.base("build", recipe)
            #expect(outcome.code == 2)
            #expect(outcome.error.hasPrefix("error: ") && outcome.error.contains(error), "\(outcome.error)")
            #expect(outcome.error.contains("my.lock.yaml:"), "\(outcome.error)")
        }
        let missing = try bench.base("update", recipe, "--lock", "none.yaml")
        #expect(missing.code == 2)
        #expect(
            missing.error == """
                error: cannot read the lock file 'none.yaml'
                cause: No such file or directory
                hint: make it with sampan base lock

                """)
    }
}
