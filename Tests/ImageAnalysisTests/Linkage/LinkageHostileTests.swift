import Binaries
import Core
import Layers
import OCI
import SampanTestSupport
import Testing

@testable import ImageAnalysis

@Suite("linkage of hostile images")
struct LinkageHostileTests {
    /// Verdicts and bases, and what was said beside them.
    private func judge(_ draft: ImageDraft) -> (verdicts: [ProgramVerdict], remarks: [String]) {
        var remarks: [String] = []
        let linkage = Linkage(draft.image)
        let verdicts = linkage.verdicts { remarks.append($0) }
        _ = linkage.bases()
        return (verdicts, remarks)
    }

    @Test("libraries that need each other end")
    func circle() {
        var draft = ImageDraft()
        draft.glibc()
        draft.program("app", needs: "liba.so")
        draft.library("usr/lib/liba.so", needs: "libb.so", "liba.so")
        draft.library("usr/lib/libb.so", needs: "liba.so")
        #expect(draft.start("app")?.missing == [])
    }

    @Test("a search that takes too long is given up, and said so")
    func endless() {
        var draft = ImageDraft()
        draft.glibc()
        draft.config.entrypoint = ["/app"]
        let names = (0..<3000).map { "lib\($0).so" }
        draft.program("app") {
            $0.needed = names
            $0.rpath = (0..<3000).map { "/d\($0)" }
        }
        let (verdicts, remarks) = judge(draft)
        #expect(verdicts.isEmpty)
        #expect(Set(remarks) == ["whether /app starts is unknown: the search for its libraries takes too long"])
    }

    @Test("chains of libraries are followed to their end, or given up")
    func chain() {
        for (count, isKnown) in [(1000, true), (6000, false)] {
            var draft = ImageDraft()
            draft.glibc()
            draft.program("app", needs: "lib0.so")
            for index in 0..<count { draft.library("usr/lib/lib\(index).so", needs: "lib\(index + 1).so") }
            let found = judge(draft).verdicts.first { $0.path == "app" }
            let missing = ProgramVerdict.Missing.library("lib\(count).so", neededBy: "usr/lib/lib999.so")
            #expect(found?.start == (isKnown ? .fails([missing]) : nil))
        }
    }

    @Test("many libraries that ask for RPATH of all before them don't multiply without end")
    func deepRpath() {
        var draft = ImageDraft()
        draft.glibc()
        draft.program("app", needs: "lib0.so") { $0.rpath = ["/srv"] }
        for index in 0..<3000 {
            draft.library("srv/lib\(index).so", needs: "lib\(index + 1).so") { $0.rpath = ["/none", "$ORIGIN/x"] }
        }
        #expect(judge(draft).remarks.count == 1)
    }

    @Test("links in circles, loaders that are directories, and names that are no names")
    func paths() {
        var draft = ImageDraft()
        draft.link("lib64", "lib64")
        draft.link("loop", "loop/loop")
        draft.directory("dir")
        for (index, name) in ["", "/", "/lib64/x", "/loop", "/dir", "../../..", String(repeating: "a/", count: 5000)]
            .enumerated()
        {
            draft.program("app\(index)", needs: "", "/", "..", "/loop/x", "a/../../b") {
                $0.interpreter = name
                $0.rpath = ["", "/", "/loop", "$ORIGIN", "relative", String(repeating: "/x", count: 5000)]
            }
        }
        let (verdicts, remarks) = judge(draft)
        #expect(verdicts.count == 7)
        #expect(verdicts.allSatisfy { !$0.start.missing.isEmpty } && remarks.isEmpty)
    }

    @Test("accounts and configurations of nonsense")
    func nonsense() {
        var random = SeededGenerator(seed: 11)
        let pieces = [
            "root", ":", "x", "0", "4294967296", "-1", "\n", ",", "", "\u{0}", "é", "include ", "/*", "*", "/",
        ]
        for _ in 0..<500 {
            func text() -> String {
                (0..<Int.random(in: 0...20, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                    .joined()
            }
            var draft = ImageDraft()
            draft.glibc()
            draft.config.user = text()
            draft.config.workingDir = text()
            draft.config.env = ["PATH=" + text(), "LD_LIBRARY_PATH=" + text(), text(), "SSL_CERT_DIR=" + text()]
            draft.config.entrypoint = ["sh", "-c", text()]
            draft.config.cmd = [text()]
            draft.text("etc/passwd", text())
            draft.text("etc/group", text())
            draft.text("etc/ld.so.conf", text())
            draft.add(.file("etc/ld.so.cache", bytes: [1]))
            draft.binary("bin/sh", ImageDraft.facts(.executable))
            draft.program("app", needs: text()) { $0.rpath = [text()] }
            _ = judge(draft)
        }
    }

    @Test("shell lines of any form are read to their end")
    func shellLines() {
        var random = SeededGenerator(seed: 7)
        let pieces = Array("ab /'\"\\$`;&|<>(){}#*?~=\n-[é").map(String.init)
        for _ in 0..<5000 {
            let line = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            if let words = ShellCommand.first(line) { #expect(words.first?.isEmpty == false) }
        }
        #expect(ShellCommand.first(String(repeating: "a", count: 1 << 20)) == nil)
    }

    @Test("very long lists in the environment are cut")
    func environment() {
        var draft = ImageDraft()
        draft.config.env = [
            "PATH=" + String(repeating: "/x:", count: 100_000),
            "LD_LIBRARY_PATH=" + String(repeating: ";", count: 100_000),
        ]
        draft.config.cmd = ["app"]
        #expect(draft.missing == [.program("app")])
    }

    @Test("many scripts and programs are judged once each")
    func many() {
        var draft = ImageDraft()
        draft.glibc()
        for index in 0..<2000 {
            draft.program("usr/bin/app\(index)", needs: "libc.so.6")
            draft.script("usr/bin/script\(index)", "/usr/bin/env", "app\(index)")
        }
        draft.binary("usr/bin/env", ImageDraft.facts(.executable))
        let (verdicts, remarks) = judge(draft)
        #expect(verdicts.count == 4001 && remarks.isEmpty)
        #expect(verdicts.allSatisfy { $0.start.missing.isEmpty })
    }
}
