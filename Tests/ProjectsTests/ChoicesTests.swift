import Testing

@testable import Projects

@Suite("what the person says")
struct ChoicesTests {
    private let mark = "# Written by sampan init (0123): a new run updates this file until somebody changes it.\n"

    private var all: Choices {
        var out = Choices()
        out.kind = .go
        out.program = "web"
        out.name = "shop"
        out.port = 9000
        out.health = .path("/up?deep=1&x=%20")
        out.builder = "golang:1.27-bookworm@sha256:" + String(repeating: "a", count: 64)
        out.base = "base:static"
        out.images = .registry
        out.pipelines = .no
        out.kubernetes = true
        out.monitoring = true
        return out
    }

    @Test("what is recorded is read again as it was")
    func record() throws {
        for choices in [all, Choices(), .images(.assembled), .kind(.c), .program("x")] {
            let read = try Choices(recordedIn: mark + (choices.line.map { $0 + "\n" } ?? "") + "#\nFROM scratch\n")
            #expect(read == choices)
            #expect(read.line == choices.line)
        }
        #expect(Choices().line == nil)
        #expect(Choices.kind(.c).line == "# Options: --kind c")
    }

    @Test(
        "a file that is not ours records nothing",
        arguments: ["", "# Options: --port 1\n", "FROM scratch\n# Options: --port 1\n", "\n\n\n"])
    func foreign(_ text: String) throws { #expect(try Choices(recordedIn: text) == Choices()) }

    @Test(
        "a record that options would refuse is refused",
        arguments: [
            "--force", "--yes", "port", "--port", "--port x", "--port 0", "--port 65536", "--port -1", "--health up",
            "--health /a'b", "--health /a\"", "--health /$x", "--builder A:b", "--base base:", "--base base:-x",
            "--bases all",
            "--ci none --ci x", "--kind cobol", "--program a;b", "--name -x", "--name a/b", "--name A",
            "--kubernetes yes",
        ])
    func refused(_ options: String) {
        #expect(throws: ProjectError.self) { try Choices(recordedIn: mark + "# Options: \(options)\n") }
    }

    @Test("what is said now counts more than what was, and the rest is remembered")
    func over() {
        var now = Choices()
        now.port = 1
        now.health = .unasked
        let both = now.over(all)
        #expect(both.port == 1 && both.health == .unasked && both.kind == .go && both.kubernetes)
        #expect(both.why("--port") == "--port" && both.why("--kind") == "--kind, as before")
        #expect(Choices().over(Choices()) == Choices())
    }
}

@Suite("C and C++ sources alone")
struct SourcesTests {
    private func detect(_ files: [String: String], _ images: ImageSource = .assembled) throws -> Project {
        try Detector.detect(ProjectTree(files), name: "dir", choices: .images(images))
    }

    private static let main = "int main(void) { return 0; }\n"

    @Test(
        "the beginning of a program",
        arguments: [
            ("int main(void) {", true), ("int main(void) { return 0; }", true), ("int main(void){return f();}", true),
            ("int main (int argc, char **argv)", true), ("main()", true),
            ("auto main() -> int {", true), ("extern \"C\" int main(int, char **) {", true), ("void main(void){", true),
            ("int main(void);", false), ("    main();", false), ("int domain(int x) {", false),
            ("// int main(void) {", false),
            ("int x = main(1) {", false), ("", false), ("int mainly(void) {", false), ("#define main(x) y", false),
        ])
    func mains(_ line: String, _ isMain: Bool) { #expect(SourcesDetector.isMain(line[...]) == isMain) }

    @Test("one file, several files, several programs")
    func programs() throws {
        let one = try detect(["hello.c": Self.main])
        #expect(one.kind == .c && one.programs.map(\.name) == ["hello"] && one.runtime.image == "scratch")
        #expect(
            one.build?.lines.suffix(2) == ["RUN install -d /out \\", "    && gcc -O2 -static -s -o /out/hello hello.c"])
        let more = try detect(["src/main.c": Self.main, "src/b.c": "", "src/b.h": "", "test/t.c": Self.main])
        #expect(more.programs.map(\.name) == ["dir"])
        #expect(more.build?.lines.last == "    && gcc -O2 -static -s -o /out/dir src/main.c src/b.c")
        let two = try detect(["a.c": Self.main, "b.c": Self.main, "c.c": "", "a_test.c": Self.main])
        #expect(two.programs.map(\.name) == ["a", "b"])
        #expect(
            two.build?.lines.suffix(2) == [
                "    && gcc -O2 -static -s -o /out/a a.c c.c \\", "    && gcc -O2 -static -s -o /out/b b.c c.c",
            ])
    }

    @Test("C in a C++ program is compiled as C")
    func mixed() throws {
        let project = try detect(["main.cpp": Self.main, "x.c": "", "inc/x.h": ""])
        #expect(
            project.build?.lines.suffix(3) == [
                "RUN install -d /out \\", "    && gcc -O2 -Iinc -c -o /tmp/dir-0.o x.c \\",
                "    && g++ -O2 -Iinc -static -s -o /out/dir main.cpp /tmp/dir-0.o",
            ])
    }

    @Test("libraries of the system come from what is included")
    func libraries() throws {
        let project = try detect([
            "a.c": "#include <curl/curl.h>\n# include <math.h>\n#include <pthread.h>\n" + Self.main
        ])
        #expect(project.recipes.map(\.packages) == [["libcurl4-openssl-dev"], ["libcurl4"]])
        #expect(project.build?.lines.last == "    && gcc -O2 -s -o /out/a a.c -lcurl -lm -pthread")
        #expect(project.runtime.image == "base:runtime.yaml")
        let packed = try detect(["a.c": "#include <zlib.h>\n" + Self.main])
        #expect(packed.recipes.map(\.packages) == [["zlib1g-dev"]] && packed.runtime.image == "scratch")
        #expect(packed.build?.lines.last == "    && gcc -O2 -static -s -o /out/a a.c -lz")
        let loading = try detect(["a.c": Self.main + "void f(void) { dlopen(\"x\", 0); }\n"])
        #expect(loading.runtime.image == "base:base" && loading.conclusions("linked") == ["against the C library"])
    }

    @Test("what else builds the sources is asked before")
    func order() throws {
        let makefile = "a: a.c\n\tcc -o a a.c\n"
        let project = try detect(["a.c": Self.main, "Makefile": makefile])
        #expect(project.kind == .make && project.remarks.isEmpty)
        #expect(throws: ProjectError.unknown(links: [])) { try detect(["a.c": "int f(void) { return 1; }\n"]) }
        #expect(throws: ProjectError.unknown(links: [])) { try detect(["deep/er/a.c": Self.main]) }
        let odd = try detect(["a.c": Self.main, "b c.c": "", "$(x).c": ""])
        #expect(odd.build?.lines.last == "    && gcc -O2 -static -s -o /out/a a.c")
        #expect(odd.remarks.contains { $0.contains("b c.c") })
    }

    @Test("many files make lines that can be read")
    func wrapped() throws {
        var files = ["main.c": Self.main]
        for number in 0..<40 { files["part_number_\(number).c"] = "" }
        let lines = try #require(try detect(files).build?.lines)
        #expect(
            lines.allSatisfy { $0.utf8.count < 120 } && lines.dropLast().suffix(5).allSatisfy { $0.hasSuffix(" \\") })
    }
}
