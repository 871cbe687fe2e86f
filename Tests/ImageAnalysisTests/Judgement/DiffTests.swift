import Archive
import Cataloging
import Core
import Inventory
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("differences of images")
struct DiffTests {
    private static func diff(_ before: ImageStack, _ after: ImageStack) throws -> ImageDiff {
        try ImageDiff.between(before.explanation(), after.explanation())
    }

    private static func stack(_ build: (inout ImageStack) -> Void) -> ImageStack {
        var stack = ImageStack()
        stack.layer("COPY a /")
        build(&stack)
        return stack
    }

    @Test("equal images have none, however their layers are cut")
    func equal() throws {
        let one = Self.stack {
            $0.file("a", "a", size: 5)
            $0.file("b", "b", size: 5)
        }
        let two = Self.stack {
            $0.file("b", "old", size: 7)
            $0.layer("RUN x")
            $0.file("b", "b", size: 5)
            $0.file("a", "a", size: 5)
        }
        let diff = try Self.diff(one, two)
        #expect(diff.isEmpty)
        #expect(diff.before.treeBytes == 10 && diff.after.treeBytes == 10)
        #expect(diff.after.contentBytes == 17 && diff.after.wastedBytes == 7)
        #expect(diff.causes.map(\.instruction) == ["COPY a /", "RUN x"])
        #expect(diff.causes.map(\.bytesBefore) == [10, nil])
    }

    @Test("files are added, removed and changed, and how")
    func files() throws {
        let before = Self.stack {
            $0.file("content", "a", size: 5)
            $0.file("gone", "a", size: 6)
            $0.file("mode", "a", size: 7, mode: 0o644)
            $0.file("owner", "a", size: 7)
            $0.file("type", "a", size: 8)
            $0.add(.symlink("link", to: "a"))
            $0.file("same", "a", size: 9)
            $0.add(.directory("dir", mode: 0o755))
            $0.add(Entry("cap", .file, mode: 0o755))
        }
        let after = Self.stack {
            $0.file("content", "b", size: 15)
            $0.file("mode", "a", size: 7, mode: 0o4755)
            $0.file("new", "a", size: 6)
            $0.file("owner", "b", size: 7, uid: 5)
            $0.add(.symlink("type", to: "same"))
            $0.add(.symlink("link", to: "b"))
            $0.file("same", "a", size: 9)
            $0.add(.directory("dir", mode: 0o700))
            $0.add(
                Entry(
                    "cap", .file, mode: 0o755,
                    attributes: [ExtendedAttribute(name: "security.capability", value: [1])]))
        }
        let diff = try Self.diff(before, after)
        let texts = diff.files.map { "\($0.path) \($0.kind.rawValue) \($0.aspects.map(\.rawValue)) \($0.growth)" }
        #expect(
            texts == [
                "cap changed [\"attributes\"] 0", "content changed [\"content\"] 10", "dir changed [\"mode\"] 0",
                "gone removed [] -6", "link changed [\"target\"] 0", "mode changed [\"mode\"] 0", "new added [] 6",
                "owner changed [\"content\", \"owner\"] 0", "type changed [\"type\", \"mode\"] -8",
            ])
        #expect(!diff.isEmpty)
        #expect(try Self.diff(before, before).isEmpty)
    }

    @Test("content whose digest is not known is taken for changed")
    func unknown() throws {
        let stack = Self.stack { $0.file("a", "a", size: 5) { $0.digest = nil } }
        #expect(try Self.diff(stack, stack).files.map(\.aspects) == [[.content]])
    }

    @Test("packages are added, removed and have other versions, each with its bytes")
    func packages() {
        func share(_ name: String, _ version: String, _ bytes: Int64) -> PackageShare {
            PackageShare(
                package: InstalledPackage(
                    Component(.deb, namespace: "debian", name: name, version: version), evidence: "x"),
                files: 1, bytes: bytes)
        }
        let changes = ImageDiff.PackageChange.changes(
            [share("a", "1", 5), share("b", "1", 5), share("c", "1", 7), share("c", "2", 7), share("d", "1", 1)],
            [share("a", "1", 9), share("b", "2", 6), share("c", "2", 7), share("e", "1", 3)])
        let texts = changes.map { "\($0.name) \($0.before ?? "-") \($0.after ?? "-") \($0.growth)" }
        #expect(texts == ["b 1 2 1", "c 1, 2 2 -7", "d 1 - -1", "e - 1 3"])
    }

    @Test("what starting an image is differs by key")
    func config() throws {
        var before = Self.stack { $0.file("a") }
        var after = before
        before.config.env = ["PATH=/bin", "A=1", "ODD"]
        after.config.env = ["A=2", "PATH=/bin", "ODD"]
        before.config.user = "root"
        after.config.user = ""
        after.config.entrypoint = ["/a", "b c"]
        after.config.labels = ["x": "y"]
        after.config.exposedPorts = ["80/tcp"]
        after.config.healthcheck = ContainerConfig.Healthcheck(test: ["CMD", "x"], interval: 5)
        let texts = try Self.diff(before, after).config.map { "\($0.key): \($0.before ?? "-") > \($0.after ?? "-")" }
        #expect(
            texts == [
                "entrypoint: - > [\"/a\",\"b c\"]", "env.A: 1 > 2", "expose.80/tcp: - > 80/tcp",
                "healthcheck: - > [\"CMD\",\"x\"]", "healthcheck.interval: - > 5", "label.x: - > y",
                "user: root > -",
            ])
    }

    @Test("layers are compared by their instruction, the n-th with the n-th")
    func causes() throws {
        let before = Self.stack {
            $0.file("a", size: 5)
            $0.layer("COPY a /")
            $0.file("b", size: 6)
            $0.layer("RUN old")
            $0.file("c", size: 7)
        }
        let after = Self.stack {
            $0.file("a", size: 5)
            $0.layer("RUN new")
            $0.file("d", size: 1)
            $0.layer("COPY a /")
            $0.file("b", size: 9)
        }
        let texts = try Self.diff(before, after).causes.map {
            "\($0.instruction) \($0.bytesBefore ?? -1) \($0.bytesAfter ?? -1) \($0.growth)"
        }
        #expect(texts == ["COPY a / 5 5 0", "RUN new -1 1 1", "COPY a / 6 9 3", "RUN old 7 -1 -7"])
    }
}
