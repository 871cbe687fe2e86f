import BuildGraph
import Core
import Glibc
import HostOS
import Layers
import SampanTestSupport
import Testing

@Suite("a layer in a directory")
struct DirectoryLayerTests {
    private static let isRoot = geteuid() == 0

    private func layer(_ directory: TemporaryDirectory, _ overlay: LayerScanner.Overlay = .trusted) throws
        -> DirectoryLayer
    {
        DirectoryLayer(try HostDirectory.open(directory.path), overlay: overlay)
    }

    @Test("entries are what lies there; links in the way are not followed")
    func entries() throws {
        let directory = try TemporaryDirectory("layer")
        try directory.file("d/f", "12345", mode: 0o640)
        try directory.symlink("link", to: "d")
        let layer = try layer(directory)
        let file = try #require(try layer.entry(at: "d/f"))
        #expect(file.isFile && file.size == 5 && file.mode == 0o640)
        #expect(try layer.entry(at: "link")?.kind == .symlink(target: Array("d".utf8)))
        #expect(try layer.entry(at: "link/f") == nil)
        #expect(try layer.entry(at: "d/f/x") == nil)
        #expect(try layer.entry(at: "none/x") == nil)
        #expect(try layer.children(of: "").map(\.path) == ["d", "link"])
        #expect(try layer.children(of: "link").isEmpty)
    }

    @Test("names of one file are told by their inode")
    func shared() throws {
        let directory = try TemporaryDirectory("layer")
        try directory.file("a", "1")
        try directory.file("c", "1")
        Glibc.link(directory.path("a"), directory.path("b"))
        let tree = StackTree([try layer(directory)])
        let names = try ["a", "b", "c"].map { try tree.sharedName(of: #require(try tree.entry(at: $0))) }
        #expect(names[0] != nil && names[0] == names[1])
        #expect(names[2] == nil)
    }

    @Test("marks of overlayfs are whiteouts and opaque directories", .enabled(if: isRoot, "making devices needs root"))
    func marks() throws {
        let directory = try TemporaryDirectory("layer")
        try directory.directory("opaque")
        #expect(mknod(directory.path("gone"), S_IFCHR, 0) == 0)
        #expect(mknod(directory.path("null"), S_IFCHR, 0x103) == 0)
        try ExtendedAttributes.set(directory.path("opaque"), "trusted.overlay.opaque", Array("y".utf8))
        let layer = try layer(directory)
        #expect(try layer.entry(at: "gone")?.isWhiteout == true)
        #expect(try layer.entry(at: "null")?.kind == .characterDevice(major: 1, minor: 3))
        let opaque = try #require(try layer.entry(at: "opaque"))
        #expect(opaque.isOpaque && opaque.attributes.isEmpty)
        let below = ListedLayer(LayerContents([.file("gone", bytes: [1]), .file("opaque/old", bytes: [1])]))
        let tree = StackTree([below, layer])
        #expect(try tree.walk(below: "").map(\.path) == ["null", "opaque"])
        // Where nothing is a mark the same bytes are a device.
        let plain = try self.layer(directory, .none)
        #expect(try plain.entry(at: "gone")?.kind == .characterDevice(major: 0, minor: 0))
    }
}
