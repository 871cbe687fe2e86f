import Binaries
import Core
import FoundationEssentials
import ImageAnalysis
import Inventory
import Reports
import Testing

@Suite("words for kinds")
struct KindWordsTests {
    @Test("docs/inspect.md has each kind with its name in JSON and its words", arguments: ContentKind.allCases)
    func documented(kind: ContentKind) throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let page = try String(contentsOfFile: "/" + root + "/docs/inspect.md", encoding: .utf8)
        let row = "| `\(kind.rawValue)` | \(FileKindText.content(kind)) | \(KindText.content(kind)) |"
        #expect(page.contains(row), "\(row)")
    }

    @Test("no word is a name of the program's own")
    func plain() {
        let words =
            ContentKind.allCases.flatMap { [FileKindText.content($0), KindText.content($0)] }
            + Waste.Kind.allCases.map(KindText.waste) + SizeAttribution.Kind.allCases.map(FileKindText.part)
        #expect(words.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty })
    }

    @Test(
        "packages have the names that their users write",
        arguments: [
            (.deb, "debian", "tzdata", "tzdata"), (.apk, "alpine", "musl", "musl"),
            (.golang, "golang.org/x", "net", "golang.org/x/net"), (.npm, "@types", "node", "@types/node"),
            (.maven, "org.slf4j", "slf4j-api", "org.slf4j:slf4j-api"), (.pypi, nil, "requests", "requests"),
            (.cargo, "", "serde", "serde"),
        ] as [(Component.Ecosystem, String?, String, String)])
    func names(ecosystem: Component.Ecosystem, namespace: String?, name: String, shown: String) {
        #expect(PackageText.name(ecosystem, namespace, name) == shown)
        #expect(PackageText.name(Component(ecosystem, namespace: namespace, name: name, version: "1")) == shown)
    }
}
