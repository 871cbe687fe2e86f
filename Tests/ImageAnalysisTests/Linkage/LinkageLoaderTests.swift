import Binaries
import Core
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("what a program loader would find")
struct LinkageLoaderTests {
    @Test("a program without interpreter needs nothing")
    func isStatic() {
        var draft = ImageDraft()
        draft.binary("app", ImageDraft.facts(.executable))
        #expect(draft.start("app") == .isStatic)
    }

    @Test("loader and libraries are listed in the order in which they are loaded, by their real paths")
    func order() {
        var draft = ImageDraft()
        draft.glibc()
        draft.program("app", needs: "libb.so", "libc.so.6")
        draft.link("usr/lib/libb.so", "libb.so.2")
        draft.library("usr/lib/libb.so.2", needs: "liba.so", "libc.so.6")
        draft.library("usr/lib/x86_64-linux-gnu/liba.so")
        #expect(
            draft.start("app")
                == .resolves(libraries: [
                    "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "usr/lib/libb.so.2",
                    "usr/lib/x86_64-linux-gnu/libc.so.6", "usr/lib/x86_64-linux-gnu/liba.so",
                ]))
    }

    @Test("without its loader a program does not start, whatever else is there")
    func noLoader() {
        var draft = ImageDraft()
        draft.library("usr/lib/libc.so.6")
        draft.program("app", needs: "libc.so.6")
        #expect(draft.start("app") == .fails([.interpreter("/lib64/ld-linux-x86-64.so.2")]))
    }

    @Test("a loader that is a link to nowhere, for another machine or not executable is none", arguments: 0..<3)
    func badLoader(_ form: Int) {
        var draft = ImageDraft()
        switch form {
        case 0: draft.link("lib64/ld-linux-x86-64.so.2", "/lib/gone")
        case 1: draft.binary("lib64/ld-linux-x86-64.so.2", ImageDraft.facts(.sharedLibrary, "arm64"))
        default: draft.binary("lib64/ld-linux-x86-64.so.2", ImageDraft.facts(.sharedLibrary), mode: 0o644)
        }
        draft.program("app")
        #expect(draft.start("app") == .fails([.interpreter("/lib64/ld-linux-x86-64.so.2")]))
    }

    @Test("every library that is missing is named once, with who needs it, the needs of needs too")
    func missing() {
        var draft = ImageDraft()
        draft.glibc()
        draft.program("app", needs: "liba.so", "libx.so", "libc.so.6")
        draft.library("usr/lib/liba.so", needs: "libx.so", "liby.so")
        #expect(
            draft.start("app")
                == .fails([
                    .library("libx.so", neededBy: "app"), .library("liby.so", neededBy: "usr/lib/liba.so"),
                ]))
    }

    @Test(
        "versions that a library doesn't offer are named; one whose symbols have versions and that offers none will do")
    func versions() {
        var draft = ImageDraft()
        draft.glibc()
        draft.library("usr/lib/libbare.so")
        draft.library("usr/lib/libplain.so", needs: "libc.so.6") {
            $0.versionNeeds = [.init(library: "libc.so.6", versions: ["GLIBC_2.2.5"])]
        }
        draft.library("usr/lib/libold.so", needs: "libc.so.6") {
            $0.versionNeeds = [.init(library: "libc.so.6", versions: ["GLIBC_2.2.5", "GLIBC_2.38"])]
        }
        draft.program("app", needs: "libc.so.6", "libplain.so", "libold.so", "libbare.so") {
            $0.versionNeeds = [
                .init(library: "libc.so.6", versions: ["GLIBC_2.34", "GLIBC_2.39"]),
                .init(library: "libplain.so", versions: ["PLAIN_1"]),
                .init(library: "libbare.so", versions: ["BARE_1"]),
            ]
        }
        let libc: BytePath = "usr/lib/x86_64-linux-gnu/libc.so.6"
        #expect(
            draft.start("app")
                == .fails([
                    .version("GLIBC_2.39", library: libc, neededBy: "app"),
                    .version("BARE_1", library: "usr/lib/libbare.so", neededBy: "app"),
                    .version("GLIBC_2.38", library: libc, neededBy: "usr/lib/libold.so"),
                ]))
    }

    @Test("a library for another machine is passed over, and one behind it is found")
    func architecture() {
        var draft = ImageDraft()
        draft.glibc()
        draft.program("app", needs: "liba.so")
        draft.binary("usr/lib/x86_64-linux-gnu/liba.so", ImageDraft.facts(.sharedLibrary, "386", bits: 32))
        #expect(draft.start("app") == .fails([.library("liba.so", neededBy: "app")]))
        draft.library("usr/lib/liba.so")
        #expect(draft.start("app")?.missing == [])
    }

    @Test("a program for another machine is told from one for this, and i386 runs on amd64")
    func otherMachine() {
        var draft = ImageDraft()
        draft.binary("app", ImageDraft.facts(.executable, "arm64"))
        draft.binary("old", ImageDraft.facts(.executable, "386", bits: 32))
        #expect(draft.start("app") == .fails([.architecture("arm64", image: "amd64")]))
        #expect(draft.start("old") == .isStatic)
    }

    // MARK: - Where libraries are looked for

    /// Edits the program and gives whether it starts with `liba.so`, which needs `libb.so`, both in one directory.
    private func finds(
        _ directory: String, environment: [String] = [], _ edit: (inout BinaryFacts) -> Void
    ) -> [ProgramVerdict.Missing]? {
        var draft = ImageDraft()
        draft.glibc()
        draft.config.env = environment
        draft.program("opt/app/bin/app", needs: "liba.so", edit: edit)
        draft.library("\(directory)/liba.so", needs: "libb.so")
        draft.library("\(directory)/libb.so")
        return draft.start("opt/app/bin/app")?.missing
    }

    @Test("RPATH serves the needs of libraries too, RUNPATH the program's own alone")
    func rpath() {
        #expect(finds("opt/app/lib") { $0.rpath = ["/opt/app/lib"] } == [])
        #expect(
            finds("opt/app/lib") { $0.runpath = ["/opt/app/lib"] }
                == [.library("libb.so", neededBy: "opt/app/lib/liba.so")])
        #expect(
            finds("opt/app/lib") {
                $0.rpath = ["/opt/app/lib"]
                $0.runpath = ["/else"]
            } == [.library("liba.so", neededBy: "opt/app/bin/app")])
    }

    @Test(
        "tokens in RPATH",
        arguments: [
            ("$ORIGIN/../lib", "opt/app/lib"), ("${ORIGIN}", "opt/app/bin"), ("/opt/$LIB", "opt/lib/x86_64-linux-gnu"),
            ("/opt/$PLATFORM", "opt/x86_64"),
        ])
    func tokens(_ rpath: String, _ directory: String) {
        #expect(finds(directory) { $0.rpath = [rpath] } == [])
    }

    @Test(
        "unknown tokens and open braces name nothing", arguments: ["$NOTHING", "${ORIGIN", "$", "${}", "$ORIGINAL/x"])
    func badTokens(_ rpath: String) {
        #expect(
            finds("opt/app/bin") { $0.rpath = [rpath] } == [.library("liba.so", neededBy: "opt/app/bin/app")])
    }

    @Test("LD_LIBRARY_PATH of the image is searched, unless the program has more rights than its user")
    func libraryPath() {
        let environment = ["LD_LIBRARY_PATH=/none:/srv/lib"]
        #expect(finds("srv/lib", environment: environment) { _ in } == [])
        var draft = ImageDraft()
        draft.glibc()
        draft.config.env = environment
        draft.config.user = "1000"
        draft.library("srv/lib/liba.so")
        var facts = ImageDraft.facts(.positionIndependent)
        facts.interpreter = "/lib64/ld-linux-x86-64.so.2"
        facts.needed = ["liba.so"]
        draft.binary("app", facts, mode: 0o4755)
        #expect(draft.start("app") == .fails([.library("liba.so", neededBy: "app")]))
    }

    @Test("a name with a slash is a path, and $ORIGIN of a link is where the program really lies")
    func names() {
        var draft = ImageDraft()
        draft.glibc()
        draft.program("opt/app/bin/app", needs: "/srv/liba.so", "$ORIGIN/libb.so")
        draft.library("srv/liba.so")
        draft.library("opt/app/bin/libb.so")
        draft.link("usr/bin/app", "../../opt/app/bin/app")
        draft.config.entrypoint = ["app"]
        #expect(draft.missing == [])
        #expect(draft.verdict()?.path == "opt/app/bin/app")
    }

    @Test("a library that is known by its soname is not looked for again")
    func soname() {
        var draft = ImageDraft()
        draft.glibc()
        draft.program("app", needs: "/srv/strange", "libb.so")
        draft.library("srv/strange") { $0.soname = "liba.so.1" }
        draft.library("usr/lib/libb.so", needs: "liba.so.1")
        #expect(draft.start("app")?.missing == [])
    }

    @Test("libraries for processors that nearly everyone has are found, those for newer ones are not")
    func levels() {
        #expect(finds("usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v2") { _ in } == [])
        #expect(finds("usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v4") { _ in }?.count == 1)
    }

    // MARK: - Other loaders

    @Test("Red Hat's loader looks in lib64")
    func redHat() {
        var draft = ImageDraft()
        draft.binary("usr/lib64/ld-linux-x86-64.so.2", ImageDraft.facts(.sharedLibrary))
        draft.link("lib64", "usr/lib64")
        draft.library("usr/lib64/libc.so.6")
        draft.program("app", needs: "libc.so.6")
        #expect(draft.start("app")?.missing == [])
    }

    @Test("Debian's loader doesn't look in lib64")
    func debian() {
        var draft = ImageDraft()
        draft.glibc()
        draft.library("usr/lib64/liba.so")
        draft.program("app", needs: "liba.so")
        #expect(draft.start("app")?.missing == [.library("liba.so", neededBy: "app")])
    }

    private func musl(_ edit: (inout ImageDraft) -> Void) -> ProgramVerdict.Start? {
        var draft = ImageDraft()
        draft.musl()
        draft.program("opt/bin/app", needs: "libc.musl-x86_64.so.1", "libm.so.6", "liba.so") {
            $0.interpreter = "/lib/ld-musl-x86_64.so.1"
            $0.runpath = ["$ORIGIN/../lib"]
            $0.versionNeeds = [.init(library: "libm.so.6", versions: ["GLIBC_2.99"])]
        }
        edit(&draft)
        return draft.start("opt/bin/app")
    }

    @Test("musl is its own C library, hands RUNPATH on to needs, and knows no versions")
    func muslRules() {
        #expect(
            musl {
                $0.library("opt/lib/liba.so", needs: "libb.so")
                $0.library("opt/lib/libb.so")
            } == .resolves(libraries: ["lib/ld-musl-x86_64.so.1", "opt/lib/liba.so", "opt/lib/libb.so"]))
    }

    @Test("musl's directories are its own: /lib, /usr/local/lib, /usr/lib, or what its file says")
    func muslDirectories() {
        #expect(musl { $0.library("usr/local/lib/liba.so") }?.missing == [])
        #expect(musl { $0.library("usr/lib/x86_64-linux-gnu/liba.so") }?.missing.count == 1)
        #expect(
            musl {
                $0.text("etc/ld-musl-x86_64.path", "/srv/a\n/srv/b:/srv/c\n")
                $0.library("srv/c/liba.so")
            }?.missing == [])
        #expect(
            musl {
                $0.text("etc/ld-musl-x86_64.path", "/srv/a\n")
                $0.library("usr/lib/liba.so")
            }?.missing.count == 1)
    }

    @Test("glibc's libraries don't serve a program whose loader is musl, nor the other way round")
    func mixed() {
        var draft = ImageDraft()
        draft.musl()
        draft.program("app", needs: "libc.so.6")
        #expect(draft.start("app") == .fails([.interpreter("/lib64/ld-linux-x86-64.so.2")]))
    }
}
