import Binaries
import Core
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("what an image starts")
struct LinkageCommandTests {
    private static func draft(_ entrypoint: [String], _ cmd: [String] = []) -> ImageDraft {
        var draft = ImageDraft()
        draft.config.entrypoint = entrypoint
        draft.config.cmd = cmd
        draft.config.env = ["PATH=/usr/bin:/bin"]
        draft.binary("usr/bin/app", ImageDraft.facts(.executable))
        return draft
    }

    @Test(
        "a shell that hands one plain command on can be left out",
        arguments: [
            ("./server", ["./server"]), ("exec /bin/x -a 'b c' \"d\"", ["/bin/x", "-a", "b c", "d"]),
            ("a && b", nil), ("a; b", nil), ("a | b", nil), ("a &", nil), ("! a", nil), ("A=1 a", nil), ("a > f", nil),
            ("a $B", nil), ("a *", nil), ("a ~", nil), ("a {b,c}", nil), ("a $(b)", nil), ("(a)", nil), ("cd /x", nil),
            ("'a", nil), ("", nil), ("# a", nil),
        ] as [(String, [String]?)])
    func withoutShell(text: String, words: [String]?) {
        #expect(StartCommand.withoutShell(["/bin/sh", "-c", text]) == words)
        #expect(StartCommand.withoutShell(["/bin/sh", "-c", text, "zero"]) == nil)
        #expect(StartCommand.withoutShell(["/bin/x", "-c", text]) == nil)
    }

    @Test("an image that starts nothing has no entrypoint among its programs")
    func nothing() {
        let draft = Self.draft([])
        #expect(Linkage(draft.image).verdicts().map(\.isEntrypoint) == [false])
        #expect(Linkage(draft.image).bases() == [])
    }

    @Test(
        "commands are found by path, from the working directory and in PATH",
        arguments: ["/usr/bin/app", "app", "./app", "../bin/app", "/usr/bin/../bin/app"])
    func found(_ command: String) {
        for directory in ["/usr/bin", "usr/bin/"] {
            var draft = Self.draft([command])
            draft.config.workingDir = directory
            #expect(draft.verdict() == ProgramVerdict(path: "usr/bin/app", isEntrypoint: true, start: .isStatic))
        }
    }

    @Test("CMD is the command where there is no ENTRYPOINT, and else its arguments")
    func cmd() {
        #expect(Self.draft([], ["app", "x"]).missing == [])
        #expect(Self.draft(["app"], ["nothing"]).missing == [])
        #expect(Self.draft(["nothing"], ["app"]).missing == [.program("nothing")])
    }

    @Test("a command that is not there is named as it was written, with its place where that is known")
    func missing() {
        #expect(Self.draft(["/srv/app"]).verdict()?.path == "srv/app")
        #expect(Self.draft(["/srv/app"]).missing == [.program("/srv/app")])
        #expect(Self.draft(["app2", "x"]).missing == [.program("app2")])
        #expect(Self.draft(["sh"]).missing == [.shell("sh")])
        #expect(Self.draft(["/usr/bin"]).missing == [.notExecutable("usr/bin")])
    }

    @Test("links lead to the program; links in a circle and dangling ones to nothing")
    func links() {
        var draft = Self.draft(["/entry"])
        draft.link("entry", "/hop")
        draft.link("hop", "usr/bin/app")
        #expect(draft.verdict()?.path == "usr/bin/app")
        var circle = Self.draft(["/entry"])
        circle.link("entry", "hop")
        circle.link("hop", "entry")
        #expect(circle.missing == [.program("/entry")])
    }

    @Test("without PATH engines set one")
    func noPath() {
        var draft = Self.draft(["app"])
        draft.config.env = []
        #expect(draft.missing == [])
        draft.config.env = ["PATH=/bin"]
        #expect(draft.missing == [.program("app")])
    }

    // MARK: - Rights

    @Test("a file without x bit is found and can't be started, unless PATH has another")
    func notExecutable() {
        var draft = Self.draft(["tool"])
        draft.binary("usr/bin/tool", ImageDraft.facts(.executable), mode: 0o644)
        #expect(draft.missing == [.notExecutable("usr/bin/tool")])
        draft.binary("bin/tool", ImageDraft.facts(.executable))
        #expect(draft.missing == [])
    }

    @Test(
        "modes are judged for the user that the image runs as",
        arguments: [
            ("0", 0o700, []), ("", 0o100, []), ("1000", 0o700, [.notExecutable("srv/tool")]), ("1000", 0o755, []),
            ("500", 0o700, []), ("500", 0o077, [.notExecutable("srv/tool")]), ("1000:600", 0o710, []),
            ("1000:601", 0o710, [.notExecutable("srv/tool")]), ("app", 0o710, []), ("app:other", 0o701, []),
            ("ghost", 0o755, [.user("ghost")]), ("1000:ghosts", 0o755, [.user("ghosts")]),
        ] as [(String, Int, [ProgramVerdict.Missing])])
    func users(_ user: String, _ mode: Int, _ missing: [ProgramVerdict.Missing]) {
        var draft = Self.draft(["/srv/tool"])
        draft.config.user = user
        draft.text("etc/passwd", "root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n")
        draft.text("etc/group", "root:x:0:\nspecial:x:600:x,app\nother:x:602:\n")
        draft.binary("srv/tool", ImageDraft.facts(.executable), mode: UInt32(mode), uid: 500, gid: 600)
        #expect(draft.missing == missing)
    }

    @Test("a directory above that the user can't search hides the program")
    func directories() {
        var draft = Self.draft(["/root/app"])
        draft.directory("root", mode: 0o700)
        draft.binary("root/app", ImageDraft.facts(.executable))
        #expect(draft.missing == [])
        draft.config.user = "65532:65532"
        #expect(draft.missing == [.notExecutable("root/app")])
    }

    @Test("a user's name needs an account, a number does not")
    func noAccounts() {
        var draft = Self.draft(["app"])
        draft.config.user = "nonroot"
        #expect(draft.missing == [.user("nonroot")])
        draft.config.user = "65532"
        #expect(draft.missing == [])
    }

    // MARK: - Scripts

    @Test("a script needs its interpreter, and what that needs")
    func script() {
        var draft = Self.draft(["/entry.sh"])
        draft.script("entry.sh", "/bin/sh", "-e")
        #expect(draft.missing == [.scriptInterpreter("/bin/sh", script: "entry.sh")])
        draft.program("bin/dash", needs: "libc.so.6")
        draft.link("bin/sh", "dash")
        #expect(draft.missing == [.interpreter("/lib64/ld-linux-x86-64.so.2")])
        draft.glibc()
        #expect(
            draft.start()
                == .resolves(libraries: [
                    "bin/dash", "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu/libc.so.6",
                ]))
    }

    @Test("a script without x bit, and text without #!, can't be started by the kernel")
    func formats() {
        var draft = Self.draft(["/entry"])
        draft.script("entry", "/usr/bin/app", mode: 0o644)
        #expect(draft.missing == [.notExecutable("entry")])
        var text = Self.draft(["/entry"])
        text.text("entry", "echo hello\n", mode: 0o755)
        #expect(text.missing == [.unknownFormat("entry")])
        var empty = Self.draft(["/entry"])
        empty.add(.file("entry", bytes: [], mode: 0o755))
        #expect(empty.missing == [.unknownFormat("entry")])
    }

    @Test(
        "env looks for a name in PATH, and takes several words as one name unless told to split",
        arguments: [
            (["app"], []), (["nothing"], ["nothing"]), (["app", "-u"], ["app -u"]), (["-S", "app", "-u"], []),
            (["-Sapp", "-u"], []), (["-S", "A=b", "app"], []), (["-S", "nothing"], ["nothing"]),
        ] as [([String], [String])])
    func env(_ words: [String], _ missing: [String]) {
        var draft = Self.draft(["/entry"])
        draft.binary("usr/bin/env", ImageDraft.facts(.executable))
        var facts = ContentFacts(kind: .script)
        facts.interpreter = ["/usr/bin/env"] + words
        draft.add(.file("entry", bytes: [35], mode: 0o755), facts)
        #expect(draft.missing == missing.map { .scriptInterpreter($0, script: "entry") })
    }

    @Test("scripts whose interpreters are scripts end somewhere")
    func recursion() {
        var draft = Self.draft(["/a"])
        draft.script("a", "/b")
        draft.script("b", "/a")
        #expect(draft.missing.count == 1)
        var chain = Self.draft(["/a"])
        chain.script("a", "/b")
        chain.script("b", "/usr/bin/app")
        #expect(chain.start() == .resolves(libraries: ["b", "usr/bin/app"]))
    }

    @Test("scripts in the directories of PATH are judged, others are not")
    func scriptsOfPath() {
        var draft = Self.draft([])
        draft.script("usr/bin/tool", "/bin/bash")
        draft.script("usr/share/doc/example", "/bin/bash")
        #expect(Linkage(draft.image).verdicts().map(\.path) == ["usr/bin/app", "usr/bin/tool"])
    }

    // MARK: - What is behind the first command

    @Test("the shell form needs a shell")
    func shellForm() {
        var draft = Self.draft([], ["/bin/sh", "-c", "app --port 80"])
        #expect(draft.missing == [.shell("/bin/sh")])
        draft.binary("bin/sh", ImageDraft.facts(.executable))
        #expect(Linkage(draft.image).verdicts().filter(\.isEntrypoint).map(\.path) == ["bin/sh", "usr/bin/app"])
    }

    @Test(
        "the first command of a shell's line is looked for where it is plain",
        arguments: [
            ("/srv/x", ["/srv/x"]), ("exec /srv/x -a", ["/srv/x"]), ("A=1 B= /srv/x; true", ["/srv/x"]),
            ("nothing | app", ["nothing"]), ("'/srv/a b' c", ["/srv/a b"]), ("\"/srv/x\"", ["/srv/x"]),
            ("/srv/x\\ y", ["/srv/x y"]), ("\n  nothing &", ["nothing"]),
            ("app", []), ("cd /srv && ./x", []), ("$APP --x", []), ("\"$APP\"", []), ("(nothing)", []),
            ("if true; then nothing; fi", []), ("~/x", []), ("`nothing`", []), ("# nothing", []), ("", []),
            ("exec", []), ("app$X", []), ("{ nothing; }", []), ("'open", []), ("X=$(nothing) nothing", []),
        ] as [(String, [String])])
    func shellLines(_ line: String, _ missing: [String]) {
        for options in [["-c"], ["-ec"], ["-o", "pipefail", "-c"], ["-e", "-x", "-c"]] {
            var draft = Self.draft(["/bin/sh"] + options, [line])
            draft.binary("bin/sh", ImageDraft.facts(.executable))
            #expect(draft.missing == missing.map { .program($0) })
        }
    }

    @Test("text without #! is a script for the shell that starts it")
    func textFromShell() {
        var draft = Self.draft(["/bin/sh", "-c", "/srv/run"])
        draft.binary("bin/sh", ImageDraft.facts(.executable))
        draft.text("srv/run", "echo\n", mode: 0o755)
        #expect(draft.missing == [])
    }

    @Test("busybox as shell has tools without files")
    func busybox() {
        var draft = Self.draft(["/bin/sh", "-c", "httpd -f"])
        draft.binary("bin/busybox", ImageDraft.facts(.executable))
        draft.link("bin/sh", "busybox")
        #expect(draft.missing == [])
    }

    @Test(
        "what inits and switchers of users start is looked for",
        arguments: [
            (["/sbin/tini", "--", "/srv/x"], ["/srv/x"]), (["/sbin/tini", "app"], []),
            (["/sbin/tini", "-g", "--", "nothing"], ["nothing"]), (["/sbin/tini", "-v", "nothing"], []),
            (["gosu", "app", "nothing"], ["nothing"]), (["/sbin/tini", "--", "sh", "-c", "x"], ["x"]),
        ] as [([String], [String])])
    func wrappers(_ words: [String], _ missing: [String]) {
        var draft = Self.draft(words)
        for path in ["sbin/tini", "usr/bin/gosu", "bin/sh"] { draft.binary(path, ImageDraft.facts(.executable)) }
        #expect(draft.missing == missing.map { .program($0) })
    }

    @Test(
        "the script that an interpreter is given must be there",
        arguments: [
            (["python3.11", "main.py"], []), (["python3.11", "other.py"], ["other.py"]),
            (["python3.11", "-m", "other"], []), (["node", "server"], []), (["node", "other.js"], ["other.js"]),
            (["bash", "/srv/main.py"], []), (["bash", "./other"], ["./other"]), (["python3.11"], []),
        ] as [([String], [String])])
    func interpreters(_ words: [String], _ missing: [String]) {
        var draft = Self.draft(words)
        draft.config.workingDir = "/srv"
        for name in ["python3.11", "node", "bash"] { draft.binary("usr/bin/\(name)", ImageDraft.facts(.executable)) }
        draft.text("srv/main.py", "")
        draft.text("srv/server.js", "")
        #expect(draft.missing == missing.map { .program($0) })
    }
}
