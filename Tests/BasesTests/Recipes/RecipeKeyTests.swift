import Bases
import Core
import SampanTestSupport
import Testing

@Suite("what decides on a level's layer")
struct RecipeKeyTests {
    private typealias Edit = (inout Recipe) -> Void

    /// A recipe with something of everything.
    private static func recipe(_ place: TemporaryDirectory) throws -> Recipe {
        try place.file("a", "content")
        var recipe = Recipe(name: "x", origin: .file(directory: place.path, name: "x.yaml"))
        recipe.slices = [.named(.docs), .zoneinfo(["right"]), .paths(["/a/**"])]
        recipe.groups = [.init(name: "g", gid: 1, members: ["m"])]
        recipe.users = [.init(name: "u", uid: 1, gid: 2, home: "/h", shell: "/s", comment: "c")]
        recipe.certificates = [.init(path: "a", directory: place.path)]
        recipe.directories = [.init(path: "d", mode: 0o755, owner: .init(uid: 1, gid: 2))]
        recipe.files = [
            .init(path: "f", content: .text("t"), mode: 0o644, owner: .init(uid: 1, gid: 2)),
            .init(path: "l", content: .local(.init(path: "a", directory: place.path))),
        ]
        recipe.moves = [.init(from: "m", to: "n")]
        recipe.symlinks = [.init(path: "s", target: "t")]
        recipe.archives = [
            .init(source: .url("http://127.0.0.1/a"), digest: SHA256.digest(of: [1]), destination: "opt", strip: 1)
        ]
        return recipe
    }

    @Test("every field that shows in the layer changes the key, and each in its own way")
    func fields() throws {
        let place = try TemporaryDirectory("key")
        let recipe = try Self.recipe(place)
        try place.file("b", "other")
        let edits: [Edit] = [
            { $0.slices[0] = .named(.man) }, { $0.slices[1] = .zoneinfo(["posix"]) },
            { $0.slices[2] = .paths(["/b/**"]) },
            { $0.slices.removeLast() }, { $0.configure = true },
            { $0.groups[0].name = "h" }, { $0.groups[0].gid = 2 }, { $0.groups[0].members = [] }, { $0.groups = [] },
            { $0.users[0].name = "v" }, { $0.users[0].uid = 2 }, { $0.users[0].gid = 3 }, { $0.users[0].home = "/i" },
            { $0.users[0].shell = "/t" }, { $0.users[0].comment = "d" }, { $0.users = [] },
            { $0.certificates[0].path = "b" }, { $0.certificates = [] },
            { $0.directories[0].path = "e" }, { $0.directories[0].mode = 0o700 }, { $0.directories[0].owner.uid = 2 },
            { $0.directories[0].owner.gid = 3 }, { $0.directories = [] },
            { $0.files[0].path = "e" }, { $0.files[0].mode = 0o600 }, { $0.files[0].owner.uid = 2 },
            { $0.files[0].owner.gid = 3 }, { $0.files[0].content = .text("u") }, { $0.files.removeFirst() },
            { $0.files[1].content = .local(.init(path: "b", directory: place.path)) },
            { $0.moves[0].from = "o" }, { $0.moves[0].to = "o" }, { $0.moves = [] },
            { $0.symlinks[0].path = "r" }, { $0.symlinks[0].target = "r" }, { $0.symlinks = [] },
            { $0.archives[0].digest = SHA256.digest(of: [2]) }, { $0.archives[0].destination = "srv" },
            { $0.archives[0].strip = 2 }, { $0.archives[0].architecture = "arm64" },
        ]
        var keys: Set<Digest> = [try recipe.layerKey(architecture: "amd64")]
        for edit in edits {
            var changed = recipe
            edit(&changed)
            keys.insert(try changed.layerKey(architecture: "amd64"))
        }
        // The last one drops the archive, as nothing of it is for amd64.
        #expect(keys.count == 1 + edits.count)
    }

    @Test("names, places, and what the packages or the configuration say already don't change it")
    func others() throws {
        let place = try TemporaryDirectory("key")
        let recipe = try Self.recipe(place)
        try place.file("elsewhere/a", "content")
        let edits: [Edit] = [
            { $0.name = "y" }, { $0.summary = "s" }, { $0.origin = .builtIn }, { $0.without = ["w"] },
            { $0.recommends = true }, { $0.essential = true }, { $0.repository.suite = "trixie" },
            { $0.image.user = "1" }, { $0.image.labels = ["a": "b"] },
            { $0.certificates[0] = .init(path: "elsewhere/a", directory: place.path) },
            { $0.files[1].content = .local(.init(path: "a", directory: place.path + "/elsewhere")) },
            { $0.archives[0].source = .url("http://127.0.0.1/b") }, { $0.archives[0].architecture = "amd64" },
        ]
        let key = try recipe.layerKey(architecture: "amd64")
        for (index, edit) in edits.enumerated() {
            var changed = recipe
            edit(&changed)
            #expect(try changed.layerKey(architecture: "amd64") == key, "\(index)")
        }
    }

    @Test("the content of local files counts, and of certificates that are configured the name")
    func localFiles() throws {
        let place = try TemporaryDirectory("key")
        var recipe = try Self.recipe(place)
        let before = try recipe.layerKey(architecture: "amd64")
        try place.file("a", "changed")
        #expect(try recipe.layerKey(architecture: "amd64") != before)
        try place.file("a", "content")
        #expect(try recipe.layerKey(architecture: "amd64") == before)
        try place.file("b", "content")
        recipe.configure = true
        var renamed = recipe
        renamed.certificates[0].path = "b"
        #expect(try recipe.layerKey(architecture: "amd64") != renamed.layerKey(architecture: "amd64"))
        recipe.files[1].content = .local(.init(path: "missing", directory: place.path))
        #expect(throws: (any Error).self) { try recipe.layerKey(architecture: "amd64") }
    }
}
