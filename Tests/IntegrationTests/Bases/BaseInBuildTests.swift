import Core
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("builds on bases")
struct BaseInBuildTests {
    private static func app(_ version: String) -> DebFile {
        DebFile("app", version: version, members: [.file("usr/bin/app", "app \(version)", mode: 0o755)])
    }

    @Test("FROM and COPY --from take a recipe's file wherever an image can stand")
    func from() throws {
        let bench = try BaseBench()
        try bench.recipe("packages: [app]", "user: \"7:8\"", "environment: {A: \"1\"}", name: "bases/my.yaml")
        try bench.work.place.file("bases/keys.gpg", bench.work.place.bytes("keys.gpg"))
        try bench.work.file("f", "f")
        let dockerfile = """
            FROM base:./bases/my.yaml AS one
            COPY f /f
            ENV B=$A
            FROM scratch
            COPY --from=base:bases/my.yaml /usr/bin/app /app
            COPY --from=one /f /f
            """
        let digest = try bench.work.image(dockerfile)
        #expect(try bench.work.files(digest).filter { $0.value.text != "" }.keys.sorted() == ["app", "f"])
        let one = try bench.work.inspect(bench.work.image(dockerfile, ["--target", "one"]))
        #expect(one.config.user == "7:8")
        #expect(one.config.env.filter { !$0.hasPrefix("PATH=") } == ["A=1", "B=1"])
        #expect(one.layers.count == 2)
        // The base's layer is the one that sampan base makes, and is not made again.
        let base = try bench.work.inspect(bench.succeed("build", "./bases/my.yaml").result)
        #expect(one.manifest.layers[0] == base.manifest.layers[0])
        #expect(one.image.rootfs.diffIDs[0] == base.image.rootfs.diffIDs[0])
        #expect(one.image.history[0].createdBy?.hasPrefix("sampan base my: app") == true)
    }

    @Test("a base is a named context")
    func namedContext() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages: [tool]")
        let arguments = ["--build-context", "registry.example.com/static:1=base:\(recipe)"]
        let digest = try bench.work.image(
            "FROM registry.example.com/static:1\nCOPY --from=registry.example.com/static:1 /usr/bin/tool /tool\n",
            arguments)
        #expect(try bench.work.files(digest)["tool"]?.text == "tool")
        let mistyped = try bench.work.build("FROM x\n", ["--build-context", "x=base:statik"])
        #expect(mistyped.code == 2)
        #expect(mistyped.error.contains("error: there is no base 'statik'\n"), "\(mistyped.error)")
        #expect(mistyped.error.contains("hint: did you mean 'static'?\n"), "\(mistyped.error)")
    }

    @Test("the choice of packages is remembered until --pull")
    func remembered() throws {
        let bench = try BaseBench([Self.app("1")])
        let recipe = try bench.recipe("packages: [app]")
        let dockerfile = "FROM base:\(recipe)\nENV A=1\n"
        let first = try bench.work.image(dockerfile)
        try bench.publish([Self.app("2")])
        bench.mirror.server.clearRequests()
        #expect(try bench.work.image(dockerfile) == first)
        #expect(bench.mirror.server.requests.isEmpty)
        let second = try bench.work.image(dockerfile, ["--pull"])
        #expect(second != first)
        #expect(try bench.work.files(second)["usr/bin/app"]?.text == "app 2")
        #expect(try bench.work.image(dockerfile) == second)
        // sampan base build asks the archive, and builds follow it.
        try bench.publish([Self.app("3")])
        let base = try bench.succeed("build", recipe).result
        #expect(try bench.work.files(base)["usr/bin/app"]?.text == "app 3")
        #expect(try bench.work.files(bench.work.image(dockerfile))["usr/bin/app"]?.text == "app 3")
        // Another recipe asks by itself.
        try bench.publish([Self.app("4")])
        try bench.recipe("packages: [app]", "components: [main]")
        #expect(try bench.work.files(bench.work.image(dockerfile))["usr/bin/app"]?.text != "app 2")
    }

    @Test("a locked base is what is locked, --pull or not")
    func locked() throws {
        let bench = try BaseBench([Self.app("1")])
        let recipe = try bench.recipe("packages: [app]", "architectures: [amd64]")
        try bench.succeed("lock", recipe)
        try bench.publish([Self.app("2")])
        for arguments in [[], ["--pull"]] {
            let digest = try bench.work.image("FROM base:\(recipe)\nENV A=1\n", arguments)
            #expect(try bench.work.files(digest)["usr/bin/app"]?.text == "app 1")
        }
        try bench.recipe("packages: [app=3]", "architectures: [amd64]")
        let stale = try bench.work.build("FROM base:\(recipe)\nENV A=1\n")
        #expect(stale.code == 2)
        #expect(stale.error.contains("'./my.lock.yaml' was made for another state of the recipe"), "\(stale.error)")
    }

    @Test("levels that bases share are one layer, made once")
    func shared() throws {
        let bench = try BaseBench()
        try bench.recipe("packages: [data]", "environment: {A: \"1\"}", name: "lower.yaml")
        let one = try bench.bareRecipe(
            "extends: lower.yaml\npackages: [app]\nenvironment: {B: \"${A}2\"}\n", name: "one.yaml")
        let two = try bench.bareRecipe("extends: lower.yaml\npackages: [tool]\n", name: "two.yaml")
        let images = try [one, two, "./lower.yaml"].map { try bench.work.inspect(bench.succeed("build", $0).result) }
        #expect(images.map(\.layers.count) == [2, 2, 1])
        #expect(Set(images.map { $0.manifest.layers[0].digest }).count == 1)
        #expect(images[0].manifest.layers[1] != images[1].manifest.layers[1])
        #expect(images[0].config.env == ["A=1", "B=12"])
        // What is below is not in the layer again: not even the package that app needs as well.
        #expect(images[0].layers[1]["usr/share/data/data"] == nil)
        #expect(images[0].layers[1]["usr/bin/app"] != nil)
        // Each image has a manifest and a configuration; of layers there are three.
        let layout = bench.work.place.path("all")
        for name in [one, two, "./lower.yaml"] { try bench.succeed("build", name, "-o", "type=oci,dest=\(layout)") }
        #expect(try Tree.files(layout + "/blobs").count <= 3 + 2 * 3)
    }

    @Test("steps on a base are cached, and made anew when the base is another")
    func cached() throws {
        let bench = try BaseBench([Self.app("1")])
        let recipe = try bench.recipe("packages: [app]")
        try bench.work.file("f", "f")
        let dockerfile = "FROM base:\(recipe)\nWORKDIR /srv\nCOPY f .\n"
        let first = try bench.work.build(dockerfile, ["--progress", "plain"])
        #expect(first.code == 0)
        let second = try bench.work.build(dockerfile, ["--progress", "plain"])
        #expect(second.result == first.result)
        #expect(second.error.contains("CACHED"), "\(second.error)")
        try bench.publish([Self.app("2")])
        #expect(try bench.work.build(dockerfile, ["--pull"]).result != first.result)
    }
}
