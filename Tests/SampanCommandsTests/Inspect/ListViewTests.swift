import Cataloging
import ContentStore
import Core
import ImageAnalysis
import Inventory
import Layers
import Testing

@testable import SampanCommands

@Suite("lists of an image")
struct ListViewTests {
    private static let page = Page(width: .max, color: false)

    @Test("layers: the columns are called by what they hold")
    func layers() {
        let image = SampleTree.image([[SampleTree.file("a", 90_000)], [SampleTree.file("b", 5)]])
        #expect(
            LayersView(image: image, page: Self.page).lines == [
                "LAYER  COMPRESSED  CONTENT  INSTRUCTION", "    1         8 B  90.0 kB  COPY 0 /",
                "    2         8 B      5 B  COPY 1 /",
            ])
    }

    @Test("files: sizes with units, and kinds in plain words")
    func files() throws {
        let image = SampleTree.image(
            [[SampleTree.file("lib/libc.so", 90_000), SampleTree.link("lib/other", to: "lib/libc.so")]],
            kind: .sharedLibrary)
        let listing = try TreeListing(image.tree)
        #expect(
            FilesView(image: image, listing: listing, page: Self.page).lines == [
                "   SIZE  MODE        OWNER  LAYER  KIND            PATH",
                "90.0 kB  -rw-r--r--  0:0        1  shared library  /lib/libc.so",
                "    0 B  -rw-r--r--  0:0        1  shared library  /lib/other",
            ])
    }

    @Test("waste: the layer and why, and the line where it is known")
    func waste() {
        var image = SampleTree.image([[SampleTree.file("a", 5000)], [SampleTree.file("a", 6000)]])
        let item = Waste.Item(kind: .rewritten, path: "a", bytes: 5000, layer: 0, replacedBy: 1)
        func lines(_ page: Page = ListViewTests.page) -> [String] {
            let explanation = Explanation(
                image: image, kinds: [], packages: [],
                waste: Waste(items: [item], diveEfficiency: 1, diveWastedBytes: 0), programs: [], bases: [], advice: [])
            return Array(WasteView(explanation: explanation, page: page).lines.dropFirst())
        }
        #expect(
            lines() == [
                "   SIZE  WHY              LAYER  PATH  DETAIL", "5.00 kB  rewritten later      1  /a    by layer 2",
            ])
        image.layers[0].cause.place = InstructionPlace(file: "Dockerfile", firstLine: 2, lastLine: 2, stage: "0")
        #expect(lines().last == "5.00 kB  rewritten later      1  Dockerfile:2  /a    by layer 2")
        // A narrow terminal has room for paths instead.
        #expect(lines(Page(width: 119, color: false)).last == "5.00 kB  rewritten later      1  /a    by layer 2")
    }

    @Test("packages: by the names of their users, and no wider than the terminal")
    func packages() {
        func share(_ component: Component, _ evidence: BytePath) -> PackageShare {
            PackageShare(package: InstalledPackage(component, evidence: evidence), files: 2, bytes: 1500)
        }
        let packages = [
            share(Component(.deb, namespace: "debian", name: "libc6", version: "2.36-9"), "var/lib/dpkg/status"),
            share(Component(.golang, namespace: "golang.org/x", name: "net", version: "v0.33.0"), "app"),
        ]
        #expect(
            PackagesView(packages: packages, page: Self.page).lines == [
                "   SIZE  FILES  KIND  NAME              VERSION  KNOWN BY",
                "1.50 kB      2  deb   libc6             2.36-9   /var/lib/dpkg/status",
                "1.50 kB      2  Go    golang.org/x/net  v0.33.0  /app",
            ])
        for width in [60, 65, 70] {
            let lines = PackagesView(packages: packages, page: Page(width: width, color: false)).lines
            #expect(lines.allSatisfy { TextColumns.width($0) <= width }, "\(lines)")
        }
    }

    @Test("advice: which risk, and nothing wider than the terminal")
    func advice() {
        let secret = Advice(
            rule: "secret", title: "/app/.env looks like a secret", bytes: 0, risk: 2, after: "+ **/.env")
        let view = AdviceView(advice: [secret], page: Page(width: 40, color: false))
        #expect(
            view.lines == [
                "Advice", "  • /app/.env looks like a secret", "    high risk: a secret leaks", "      + + **/.env",
            ])
        let wide = AdviceView(advice: [secret], page: Self.page)
        #expect(wide.lines[1] == "  • /app/.env looks like a secret  high risk: a secret leaks")
        for width in [20, 30, 50, 79] {
            let lines = AdviceView(advice: [secret], page: Page(width: width, color: false), limit: 5).lines
            #expect(lines.allSatisfy { TextColumns.width($0) <= max(29, width) }, "\(lines)")
        }
    }
}
