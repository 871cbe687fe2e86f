import Archive
import Core
import ImageAnalysis
import Layers
import Testing

@testable import SampanCommands

@Suite("how differences are shown")
struct DiffViewTests {
    private static func diff() throws -> ImageDiff {
        let capability = ExtendedAttribute(name: "security.capability", value: [1])
        func explanation(_ entries: [Entry]) -> Explanation {
            Explanation(
                image: SampleTree.image([entries]), kinds: [], packages: [],
                waste: Waste(items: [], diveEfficiency: 1, diveWastedBytes: 0), programs: [], bases: [], advice: [])
        }
        return try ImageDiff.between(
            explanation([
                Entry("cap", .file, mode: 0o755), Entry("gone", .file, mode: 0o644),
                Entry("link", .symlink(target: Array("a".utf8)), mode: 0o777), Entry("own", .file, mode: 0o644),
                Entry("type", .file, mode: 0o777),
            ]),
            explanation([
                Entry("cap", .file, mode: 0o755, attributes: [capability]),
                Entry("link", .symlink(target: Array("b\u{1b}".utf8)), mode: 0o777),
                Entry("new", .file, mode: 0o600, uid: 7),
                Entry("own", .file, mode: 0o4755, uid: 65532, gid: 65532), .directory("type", mode: 0o777),
            ]))
    }

    @Test("what a file was and what it is stand side by side")
    func table() throws {
        let view = DiffView(diff: try Self.diff(), page: Page(width: .max, color: false), showsAllFiles: true)
        let lines = view.lines
        let start = try #require(lines.firstIndex(of: "Files  1 added, 1 removed, 4 changed"))
        #expect(
            lines[(start + 1)...] == [
                "  ~  /cap   attributes security.capability", "  -  /gone", "  ~  /link  target a → b\\x1b",
                "  +  /new",
                "  ~  /own   mode 0644 → 4755, owner 0:0 → 65532:65532", "  ~  /type  type file → directory",
            ])
    }

    @Test("as JSON both sides have the keys that a list of files has")
    func json() throws {
        guard case .array(let files)? = DiffJSON.document(try Self.diff())["files"] else {
            return #expect(Bool(false), "no files")
        }
        func keys(_ name: String) -> (OrderedJSON?, OrderedJSON?) {
            let file = files.first { $0["path"]?.string == name }
            return (file?["before"], file?["after"])
        }
        #expect(keys("/own").0 == ["type": "file", "mode": "644", "uid": 0, "gid": 0])
        #expect(keys("/own").1 == ["type": "file", "mode": "4755", "uid": 65532, "gid": 65532])
        #expect(keys("/link").0 == ["type": "link", "mode": "777", "uid": 0, "gid": 0, "target": "a"])
        #expect(keys("/new").0 == nil)
        #expect(keys("/new").1 == ["type": "file", "mode": "600", "uid": 7, "gid": 0])
        #expect(keys("/gone").1 == nil)
        #expect(keys("/type").1 == ["type": "directory", "mode": "777", "uid": 0, "gid": 0])
    }
}
