import Core
import ImageAnalysis
import Layers
import Testing

@testable import SampanCommands

@Suite("trees with what they hold")
struct TreeListingTests {
    private func names(_ listing: TreeListing, _ directory: String) -> [String] {
        listing.children(of: BytePath(cleaning: directory)).map { listing.items[$0].path.description }
    }

    private func item(_ listing: TreeListing, _ path: String) throws -> TreeListing.Item {
        listing.items[try #require(listing.index(of: BytePath(cleaning: path)))]
    }

    @Test("a directory's files are found though others sort between it and them")
    func order() throws {
        let listing = try TreeListing(FileTree(layers: [LayerContents(SampleTree.changing[0])]))
        #expect(names(listing, "") == ["etc", "etc-more", "usr"])
        #expect(names(listing, "etc") == ["etc/hosts", "etc/old"])
        #expect(listing.bytes == 3230)
        let etc = try #require(listing.index(of: "etc"))
        #expect(listing.bytes(etc) == 210)
        #expect(listing.files(below: "etc") == 2)
    }

    @Test("what a layer added, changed and removed is marked; naming a directory changes nothing")
    func changes() throws {
        let listing = try TreeListing(layers: SampleTree.changing.map { LayerContents($0) })
        #expect(try item(listing, "etc").change == .none)
        #expect(try item(listing, "etc/hosts").change == .changed)
        #expect(try item(listing, "etc/old").change == .removed)
        #expect(try item(listing, "srv").change == .added)
        #expect(try item(listing, "srv/new").change == .added)
        #expect(try item(listing, "usr/lib/a").change == .removed)
        #expect(try item(listing, "usr/lib/c").change == .added)
        #expect(try item(listing, "usr/bin/tool").change == .none)
        // What is gone has its size and does not count.
        #expect(try item(listing, "etc/old").bytes == 200)
        #expect(listing.bytes == 12 + 5 + 3000 + 9 + 40)
        #expect(listing.isChanged(try #require(listing.index(of: "etc"))))
        #expect(!listing.isChanged(try #require(listing.index(of: "etc-more"))))
        // Each can be opened where it is from.
        #expect(try listing.node(try #require(listing.index(of: "etc/old")))?.layer == 0)
        #expect(try listing.node(try #require(listing.index(of: "etc/hosts")))?.layer == 1)
    }

    @Test("a linked file counts once, also when its first name is gone")
    func links() throws {
        let lower = [SampleTree.file("a", 100), SampleTree.link("b", to: "a"), SampleTree.link("c", to: "a")]
        let whole = try TreeListing(FileTree(layers: [LayerContents(lower)]))
        #expect(whole.bytes == 100)
        #expect(whole.items.map(\.bytes) == [100, 0, 0])
        let cut = try TreeListing(FileTree(layers: [LayerContents(lower), LayerContents([.whiteout("a")])]))
        #expect(cut.items.map(\.bytes) == [100, 0])
    }

    @Test("the first layer adds all it has; no layers have nothing")
    func ends() throws {
        let first = try TreeListing(layers: [LayerContents(SampleTree.changing[0])])
        #expect(first.items.allSatisfy { $0.change == .added })
        #expect(try TreeListing(layers: []).items.isEmpty)
        #expect(TreeListing([]).children(of: BytePath()).isEmpty)
    }

    @Test("the tree view stops at its depth and says what it leaves out")
    func view() throws {
        var entries = (0..<20).map { SampleTree.file("many/f\($0)", Int64(100 - $0)) }
        entries.append(SampleTree.file("deep/a/b/c/d", 1))
        let listing = try TreeListing(FileTree(layers: [LayerContents(entries)]))
        let page = Page(width: 60, color: false)
        let lines = TreeView(listing: listing, page: page, depth: 2).lines
        #expect(lines.count == 1 + 2 + 12 + 1)
        #expect(lines.contains { $0.hasSuffix("└ … 9 more") })
        #expect(lines.last == "      1 B    └ a/")
        #expect(TreeView(listing: listing, page: page, depth: 0).lines.count == 1 + 2 + 20 + 4)
    }
}
