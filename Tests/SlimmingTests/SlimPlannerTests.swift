import Binaries
import ContentStore
import Core
import ImageAnalysis
import Layers
import OCI
import Testing

@testable import Slimming

@Suite("what a program needs")
struct SlimPlannerTests {
    /// An image of two layers: the base's files, then those of the user's own Dockerfile.
    private func image(
        base: [(Entry, ContentFacts?)], own: [(Entry, ContentFacts?)] = [],
        _ config: ContainerConfig = ContainerConfig()
    ) throws -> AnalysedImage {
        let layers = try [base, own].enumerated().map { number, files in
            let sorted = files.sorted { $0.0.path < $1.0.path }
            let facts = LayerFacts(
                diffID: try Self.digest(number), archiveSize: 0, contentBytes: 0,
                contents: LayerContents(sorted: sorted.map(\.0)), facts: sorted.map(\.1))
            let place = InstructionPlace(file: "Dockerfile", firstLine: 3, lastLine: 3, stage: "0")
            return AnalysedImage.Layer(
                descriptor: Descriptor(mediaType: .ociLayerGzip, digest: facts.diffID, size: 1),
                cause: LayerCause(instruction: "COPY", place: number == 1 ? place : nil), facts: facts)
        }
        var document = ImageConfig(platform: .host)
        document.config = config
        return AnalysedImage(
            name: "x", manifest: Descriptor(mediaType: .ociManifest, digest: try Self.digest(9), size: 1),
            config: document, platform: .host, layers: layers)
    }

    private static func digest(_ number: Int) throws -> Digest {
        try #require(Digest(hex: String(repeating: String(number), count: 64)))
    }

    private func file(_ path: BytePath, _ kind: ContentKind = .data, size: Int = 1) -> (Entry, ContentFacts?) {
        (Entry.file(path, bytes: [UInt8](repeating: 1, count: size)), ContentFacts(kind: kind))
    }

    private func paths(_ plan: SlimPlan) -> [String] {
        plan.items.map { ($0.isDirectory ? $0.path.absolute + "/" : $0.path.absolute) }
    }

    @Test("what was read is copied, what an engine provides and what is not there are not")
    func observed() throws {
        var planner = SlimPlanner(try image(base: [file("etc/localtime"), file("etc/hosts"), file("etc/other")]))
        let plan = try planner.plan(
            [
                RecordedUse("etc/localtime", isRead: true), RecordedUse("etc/hosts", isRead: true),
                RecordedUse("etc/missing", isRead: true), RecordedUse("proc/self/maps", isRead: true),
            ], verdicts: [])
        #expect(paths(plan) == ["/etc/localtime"])
        #expect(plan.observedItems.map(\.path) == ["etc/localtime"])
    }

    @Test("files of the project go with their directory, unless it holds sources")
    func data() throws {
        let own = [file("app/data/a.txt"), file("app/data/b.txt"), file("app/main.c", .source), file("app/one.cfg")]
        var planner = SlimPlanner(try image(base: [], own: own))
        let plan = try planner.plan(
            [RecordedUse("app/data/a.txt", isRead: true), RecordedUse("app/one.cfg", isRead: true)], verdicts: [])
        #expect(paths(plan) == ["/app/data/", "/app/one.cfg"])
    }

    @Test("the library of a language is copied whole")
    func languages() throws {
        let names = ["os.py", "re.py", "io.py", "abc.py", "never.py"]
        let base = names.map { file(BytePath(cleaning: "usr/lib/python3.11/" + $0), .source) }
        var planner = SlimPlanner(try image(base: base))
        let plan = try planner.plan(
            names.dropLast().map { RecordedUse(BytePath(cleaning: "usr/lib/python3.11/" + $0), isRead: true) },
            verdicts: [])
        #expect(paths(plan) == ["/usr/lib/python3.11/"])
        #expect(plan.items[0].reason == .languageLibrary("Python"))
        #expect(plan.items[0].files == 5)
    }

    @Test("the loader that a program names is copied, though the kernel opens it")
    func loader() throws {
        var binary = BinaryFacts(
            kind: .executable, bits: 64, isLittleEndian: true, architecture: "amd64", isDynamic: true)
        binary.interpreter = "/lib64/ld-linux-x86-64.so.2"
        var facts = ContentFacts(kind: .program)
        facts.binary = binary
        var planner = SlimPlanner(
            try image(base: [(Entry.file("x", bytes: [1], mode: 0o755), facts), file("lib64/ld-linux-x86-64.so.2")]))
        let plan = try planner.plan([RecordedUse("x", isExecuted: true)], verdicts: [])
        #expect(paths(plan) == ["/x", "/lib64/ld-linux-x86-64.so.2"])
    }

    @Test("one bundle takes the place of single certificates")
    func certificates() throws {
        let base = [
            file("etc/ssl/certs/ca-certificates.crt", .certificates), file("etc/ssl/certs/a.pem", .certificates),
            file("etc/ssl/certs/b.pem", .certificates),
        ]
        var planner = SlimPlanner(try image(base: base))
        let plan = try planner.plan(
            base.map { RecordedUse($0.0.path, isRead: true) } + [RecordedUse("etc/ssl/certs", isListed: true)],
            verdicts: [])
        #expect(paths(plan) == ["/etc/ssl/certs/ca-certificates.crt"])
    }

    @Test("one zone means all of them")
    func zones() throws {
        let base = [file("usr/share/zoneinfo/Europe/Berlin"), file("usr/share/zoneinfo/Asia/Tokyo")]
        var planner = SlimPlanner(try image(base: base))
        let plan = try planner.plan([RecordedUse("usr/share/zoneinfo/Europe/Berlin", isRead: true)], verdicts: [])
        #expect(paths(plan) == ["/usr/share/zoneinfo/"])
    }

    @Test("a named user needs its line, and a directory that is written is made again")
    func users() throws {
        let data = (Entry.directory("data", mode: 0o750, uid: 7, gid: 8), ContentFacts?.none)
        var planner = SlimPlanner(
            try image(base: [file("etc/passwd"), file("etc/group"), data], ContainerConfig(user: "app")))
        let plan = try planner.plan([RecordedUse("data/new/file", isWritten: true)], verdicts: [])
        #expect(paths(plan) == ["/etc/group", "/etc/passwd"])
        #expect(plan.directories == [SlimPlan.Directory(path: "data", mode: 0o750, uid: 7, gid: 8)])
    }

    @Test("very many files of one directory go with it, but never a directory of the system")
    func crowds() throws {
        let many = (0..<40).map { file(BytePath(cleaning: "usr/share/things/\($0)")) }
        let system = (0..<40).map { file(BytePath(cleaning: "etc/\($0)")) }
        var planner = SlimPlanner(try image(base: many + system))
        let plan = try planner.plan((many + system).map { RecordedUse($0.0.path, isRead: true) }, verdicts: [])
        #expect(plan.items.filter(\.isDirectory).map(\.path) == ["usr/share/things"])
        #expect(plan.items.count == 41)
    }

    @Test("what COPY would take for a pattern goes with its directory, or is told")
    func patterns() throws {
        var planner = SlimPlanner(try image(base: [file("usr/share/x/a[1].txt"), file("etc/a b")]))
        let plan = try planner.plan(
            [RecordedUse("usr/share/x/a[1].txt", isRead: true), RecordedUse("etc/a b", isRead: true)], verdicts: [])
        #expect(paths(plan) == ["/usr/share/x/"])
        #expect(plan.remarks.count == 1)
    }

    @Test("a link and its target are one file, and a directory that the user can't write to is none that it needs")
    func second() throws {
        let link = (Entry.symlink("usr/bin/python3", to: "python3.11"), ContentFacts?.none)
        let closed = (Entry.directory("srv", mode: 0o755), ContentFacts?.none)
        var planner = SlimPlanner(
            try image(base: [link, file("usr/bin/python3.11"), closed]), user: .init(uid: 7, gid: 7))
        let plan = try planner.plan(
            [
                RecordedUse("usr/bin/python3", isExecuted: true), RecordedUse("usr/bin/python3.11", isRead: true),
                RecordedUse("srv/cache", isWritten: true),
            ], verdicts: [])
        #expect(paths(plan) == ["/usr/bin/python3"])
        #expect(plan.directories.isEmpty)
    }

    @Test("names of one program are links to it, where there is a shell to make them")
    func links() throws {
        let facts = ContentFacts(kind: .program)
        let tool = (Entry.file("bin/tool", bytes: [1, 2], mode: 0o755), ContentFacts?.some(facts))
        let names: [BytePath] = ["bin/sh", "bin/cat", "sbin/["]
        let base = names.map { (Entry.symlink($0, to: "/bin/tool"), ContentFacts?.none) } + [tool]
        let uses = names.map { RecordedUse($0, isRead: true, isExecuted: true) }
        var planner = SlimPlanner(try image(base: base))
        let plan = try planner.plan(uses, verdicts: [])
        #expect(paths(plan) == ["/bin/tool"])
        #expect(plan.items[0].links == ["bin/cat", "bin/sh", "sbin/["])
        #expect(plan.bytes == 2)
        let without = base.map { ($0.0.path == "bin/sh" ? Entry.symlink("bin/dash", to: "/bin/tool") : $0.0, $0.1) }
        var other = SlimPlanner(try image(base: without))
        #expect(paths(try other.plan(Array(uses.dropFirst(1).dropLast()), verdicts: [])) == ["/bin/cat"])
    }

    @Test("a new user gets what it writes to and could not read, but nothing of the system's")
    func ownership() throws {
        let own = [
            (Entry.directory("srv/state", mode: 0o755), ContentFacts?.none), file("srv/state/count"),
            (Entry.file("app/key.pem", bytes: [1], mode: 0o600), ContentFacts(kind: .data)), file("app/open.pem"),
        ]
        let base = [
            (Entry.directory("etc", mode: 0o755), ContentFacts?.none), file("etc/state"),
            (Entry.directory("var/cache", mode: 0o755), ContentFacts?.none),
            (Entry.directory("tmp", mode: 0o1777), ContentFacts?.none), file("etc/go.mod"),
            (Entry.file("app/go.mod", bytes: [1]), ContentFacts(kind: .source)),
        ]
        let new = SlimPlan.Owner(uid: 7, gid: 8)
        var planner = SlimPlanner(try image(base: base, own: own), user: .init(uid: 0, gid: 0), newUser: new)
        let plan = try planner.plan(
            [
                RecordedUse("srv/state/count", isRead: true, isWritten: true),
                RecordedUse("app/key.pem", isRead: true), RecordedUse("app/open.pem", isRead: true),
                RecordedUse("etc/state", isRead: true, isWritten: true), RecordedUse("var/cache/x", isWritten: true),
                RecordedUse("tmp/x", isWritten: true), RecordedUse("app/__pycache__/x.pyc", isWritten: true),
            ], verdicts: [])
        let owned = plan.items.filter { $0.owner == new }.map(\.path)
        #expect(owned == ["srv/state", "app/key.pem"])
        #expect(
            plan.directories == [
                .init(path: "etc", mode: 0o755, uid: 0, gid: 0), .init(path: "tmp", mode: 0o1777, uid: 0, gid: 0),
                .init(path: "var/cache", mode: 0o755, uid: 7, gid: 8),
            ])
        #expect(plan.withheld == ["etc"])
    }
}
