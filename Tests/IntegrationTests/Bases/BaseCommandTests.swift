import Archive
import Core
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("bases of an archive on loopback")
struct BaseCommandTests {
    @Test("a recipe becomes an image of its packages' files, without running anything")
    func build() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe(
            "packages: [app]", "slices: [man]", "environment: {A: \"1\"}", "user: \"65532:65532\"", "workdir: /srv",
            "entrypoint: [/usr/bin/app]", "labels: {a: b}", "files: [{path: /etc/motd, content: hello}]")
        let outcome = try bench.succeed("build", recipe, "-t", "team/app:1", "--iidfile", "id")
        #expect(outcome.result.hasPrefix("sha256:"))
        #expect(outcome.output == outcome.result + "\n")
        #expect(try bench.work.place.text("id") == outcome.result)
        #expect(
            outcome.error.contains("built team/app:1 for amd64: 3 packages, 1 layer, "), "\(outcome.error)")
        let image = try bench.work.inspect("team/app:1")
        #expect(image.layers.count == 1)
        let files = image.layers[0].filter { $0.value.kind != .directory }
        #expect(
            files.keys.sorted() == [
                "bin", "etc/motd", "lib", "sbin", "usr/bin/app", "usr/lib/lib.so.1",
                "usr/share/data/data", "usr/share/doc/app/copyright", "var/lib/dpkg/status.d/app",
                "var/lib/dpkg/status.d/data", "var/lib/dpkg/status.d/lib",
            ])
        #expect(files["usr/bin/app"]?.text == "app for amd64")
        #expect(files["usr/bin/app"]?.access == "755 0:0")
        #expect(files["usr/bin/app"]?.seconds == 0)
        #expect(
            files["var/lib/dpkg/status.d/app"]?.text
                == """
                Package: app
                Status: install ok installed
                Version: 1.2-3
                Architecture: amd64
                Maintainer: Test <test@example.org>
                Depends: lib (>= 1), data
                Description: app for tests

                """)
        #expect(image.config.env == ["A=1"])
        #expect(image.config.user == "65532:65532")
        #expect(image.config.workingDir == "/srv")
        #expect(image.config.entrypoint == ["/usr/bin/app"])
        #expect(image.config.labels == ["a": "b"])
        #expect(image.image.created == "1970-01-01T00:00:00Z")
        #expect(image.image.architecture == "amd64")
    }

    @Test("a base has the same digest in another home and directory, and when made anew")
    func reproducible() throws {
        let lines = ["packages: [app, tool]", "directories: [{path: /tmp, mode: \"1777\"}]"]
        let benches = try [BaseBench(), BaseBench()]
        var digests: Set<String> = []
        for (index, bench) in benches.enumerated() {
            let directory = "in\(index)"
            try bench.work.place.file(directory + "/keys.gpg", bench.work.place.bytes("keys.gpg"))
            let recipe = try bench.recipe(lines[0], lines[1], name: directory + "/my.yaml")
            let layout = bench.work.place.path("layout")
            digests.insert(try bench.succeed("build", recipe, "-o", "type=oci,dest=\(layout)").result)
            digests.insert(try bench.succeed("build", "--no-cache", "-q", recipe).result)
            digests.insert(try bench.succeed("build", recipe).result)
        }
        #expect(digests.count == 1)
        let layouts = try benches.map { bench in
            try Tree.files(bench.work.place.path("layout")).map {
                ($0.split(separator: "layout").last.map(String.init) ?? "") + " "
                    + SHA256.digest(of: try WholeFile.read($0)).hex
            }.sorted()
        }
        #expect(layouts[0] == layouts[1])
        #expect(layouts[0].count == 5)
    }

    @Test("a second build fetches no package again, and one of a tag asks the archive anew")
    func cached() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages: [app]")
        let digest = try bench.succeed("build", recipe).result
        #expect(bench.count(".deb") == 3)
        bench.mirror.server.clearRequests()
        #expect(try bench.succeed("build", recipe).result == digest)
        #expect(bench.count(".deb") == 0)
        #expect(bench.count("Packages") == 0 && bench.count("by-hash") == 0)
        #expect(bench.count("InRelease") == 3)
    }

    @Test("options say where packages come from before the recipe does")
    func options() throws {
        let bench = try BaseBench()
        let recipe = try bench.bareRecipe(
            "suite: bookworm\nmirror: http://127.0.0.1:1/debian\nkeyring: my.yaml\npackages: [tool]\n")
        let outcome = try bench.succeed(
            "build", recipe, "--mirror", bench.mirror.url, "--keyring", bench.mirror.key.keyring)
        let plain = try bench.bareRecipe("suite: bookworm\npackages: [tool]\n", name: "plain.yaml")
        let other = try bench.work.succeed(
            ["base", "build", plain, "--keyring", bench.mirror.key.keyring],
            environment: ["SAMPAN_DEBIAN_MIRROR": bench.mirror.url])
        #expect(
            try bench.work.inspect(outcome.result).manifest.layers == bench.work.inspect(other.result).manifest.layers)
    }

    @Test("built-in recipes are listed, and shown as they are")
    func listAndShow() throws {
        let work = try Workspace()
        let rows = try work.succeed(["base", "list"]).outputLines
        #expect(
            rows.map { $0.split(separator: " ").first ?? "" } == [
                "NAME", "static", "base", "cc", "swift", "python", "debug", "debian", "golang", "gcc",
            ])
        #expect(
            rows[3]
                == "cc      static + base + cc           bookworm  "
                + "For C++ programs, and others that need a compiler's runtime: base and the libraries of GCC.")
        let json = try work.succeed(["base", "list", "--format", "json"]).output
        #expect(json.contains("\"levels\""), "\(json)")
        for name in ["static", "debug", "golang"] {
            let text = try Repository.text("Sources/Bases/Builtin/\(name).yaml")
            #expect(try work.succeed(["base", "show", name]).output == text)
        }
        try work.place.file("own.yaml", "# Mine.\nextends: static\n")
        #expect(try work.succeed(["base", "show", "own.yaml"]).output == "# Mine.\nextends: static\n")
    }
}
