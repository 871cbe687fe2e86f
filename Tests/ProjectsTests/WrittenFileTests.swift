import Projects
import Testing

@Suite("files that were written")
struct WrittenFileTests {
    private let file: WrittenFile
    private let newer: WrittenFile

    init() throws {
        let tree = ProjectTree(["go.mod": "module example.com/a\n", "main.go": "package main\nfunc main() {}\n"])
        let changed = ProjectTree(["go.mod": "module example.com/b\n", "main.go": "package main\nfunc main() {}\n"])
        file = ProjectFiles().files(of: try Detector.detect(tree, name: "x"), in: tree)[0]
        newer = ProjectFiles().files(of: try Detector.detect(changed, name: "x"), in: changed)[0]
    }

    @Test("nothing there is new; what was written is the same")
    func fresh() {
        #expect(file.state(of: nil) == .new)
        #expect(file.state(of: Array(file.text.utf8)) == .same)
    }

    @Test("what an earlier run wrote may be written anew")
    func outdated() {
        #expect(newer.text != file.text)
        #expect(newer.state(of: Array(file.text.utf8)) == .outdated)
    }

    @Test("a file that somebody changed is theirs", arguments: ["# mine\n", "\n", " "])
    func changed(_ addition: String) {
        #expect(file.state(of: Array((file.text + addition).utf8)) == .changed)
        #expect(file.state(of: Array((addition + file.text).utf8)) == .changed)
    }

    @Test(
        "a file without the mark is somebody's",
        arguments: [
            "", "FROM scratch\n", "# sampan init ()\n", "# sampan init (zz)\n", "# sampan init (", "\u{0}\u{1}",
        ])
    func foreign(_ text: String) {
        #expect(file.state(of: Array(text.utf8)) == .foreign)
    }

    @Test("bytes that are no text are somebody's")
    func bytes() { #expect(file.state(of: [0xff, 0xfe, 0x00]) == .foreign) }
}
