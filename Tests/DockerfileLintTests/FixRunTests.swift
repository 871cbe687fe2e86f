import Core
import Testing

@testable import DockerfileLint

@Suite("Fixing files")
struct FixRunTests {
    private static func finding(_ edits: [TextEdit]) -> Finding {
        Finding(
            code: "X", severity: .warning, message: "", range: edits[0].range, instruction: 0, fix: Fix("do", edits))
    }

    @Test("edits are made where they say, in any order")
    func edits() {
        let text = Array("FROM a\nRUN b\n".utf8)
        let edits = [TextEdit.insert("!", at: 13), TextEdit(SourceRange(5, 6), "base"), .insert("# x\n", at: 7)]
        #expect(String(decoding: FixApplier.apply(edits, to: text), as: UTF8.self) == "FROM base\n# x\nRUN b\n!")
    }

    @Test("of fixes that meet the first is taken")
    func compatible() {
        let first = Self.finding([TextEdit(SourceRange(2, 5), "")])
        let touching = Self.finding([TextEdit(SourceRange(5, 6), "")])
        let apart = Self.finding([TextEdit(SourceRange(7, 8), "")])
        #expect(FixApplier.compatible([first, touching, apart]).map(\.range.start) == [2, 7])
    }

    @Test("a diff has the lines around each change and counts that hold")
    func diff() {
        let old = (1...12).map { "l\($0)\n" }.joined()
        let new = old.replacing("l2\n", with: "L2\n").replacing("l12\n", with: "l12")
        #expect(
            UnifiedDiff.text(from: Array(old.utf8), to: Array(new.utf8), name: "Dockerfile") == """
                --- a/Dockerfile
                +++ b/Dockerfile
                @@ -1,5 +1,5 @@
                 l1
                -l2
                +L2
                 l3
                 l4
                 l5
                @@ -9,4 +9,4 @@
                 l9
                 l10
                 l11
                -l12
                +l12
                \\ No newline at end of file

                """)
        #expect(UnifiedDiff.text(from: [1], to: [1], name: "x").isEmpty)
    }
}
