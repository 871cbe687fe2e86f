import Glibc
import HostOS
import SampanTestSupport
import Testing

/// Projects that are hostile, broken, or in a place where nothing can be written.
@Suite("sampan init on bad ground")
struct InitHostileTests {
    private let sample: InitSample

    init() throws { sample = try InitSample("go-web", Workspace("init-hostile")) }

    private var files: [String] {
        get throws {
            try Shell.run("cd '\(sample.directory)' && find . -mindepth 1 | LC_ALL=C sort").split(separator: "\n").map {
                String($0.dropFirst(2))
            }
        }
    }

    /// Runs sampan as a user whom modes of files stop, even as root.
    private func ordinary(_ arguments: String) throws -> String {
        let script = """
            cd '\(sample.directory)'
            export SAMPAN_HOME='\(sample.work.home)'
            drop=
            [ "$(id -u)" != 0 ] || drop='setpriv --bounding-set -dac_override,-dac_read_search'
            $drop '\(try Program.find())' \(arguments) 2>&1
            echo "code $?"
            """
        return try Shell.run("sh '\(sample.work.place.file("ordinary.sh", script + "\n"))'")
    }

    @Test("names that shells, terminals and encodings stumble over are neither run nor written")
    func names() throws {
        let script = #"""
            cd "$1"
            mkdir -p 'cmd/$(touch pwned)' "cmd/a b" "cmd/'\"" cmd/fine "$(printf 'cmd/\033[2J')" "$(printf 'cmd/\377')" "$(printf 'cmd/x\ny')"
            for directory in cmd/*; do
                printf 'package main\n\nfunc main() {}\n' >"$directory/main.go"
            done
            rm main.go
            printf 'module "example.com/$(touch pwned)"\n\ngo 1.22\n' >go.mod
            """#
        let file = try sample.work.place.file("names.sh", script)
        try Shell.run("sh '\(file)' '\(sample.directory)'")
        let outcome = try sample.succeed(["init", "--yes"])
        let text = try sample.text("Dockerfile")
        #expect(text.contains("    go build -trimpath -ldflags \"-s -w\" -o /out/fine ./cmd/fine\n"), "\(text)")
        #expect(!text.contains("$(touch") && !text.contains("\u{1b}") && !text.contains("a b"), "\(text)")
        #expect(!outcome.error.contains("\u{1b}") && outcome.error.contains("cmd/$(touch pwned)"), "\(outcome.error)")
        #expect(try sample.succeed(["lint", "--no-shellcheck"]).output == "")
        #expect(try !files.contains { $0.hasSuffix("pwned") })
    }

    @Test("a directory's own name does no harm")
    func directory() throws {
        let name = "it's $(touch pwned) \"x\"\n\u{1b}[2J-É"
        let place = sample.work.place.path(name)
        #expect(rename(sample.directory, place) == 0)
        unlink(place + "/go.mod")
        unlink(place + "/main.go")
        try sample.work.place.file(name + "/app.py", "print('hello')\n")
        let outcome = try sample.work.run(["init", "--yes", place])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(
            outcome.error.contains("\nnext: cd '\(sample.work.place.path)/it'\\''s $(touch pwned) "), "\(outcome.error)"
        )
        #expect(
            outcome.error.contains(
                "' && sampan build -t it-s-touch-pwned-x-2j . && sampan check it-s-touch-pwned-x-2j\n"),
            "\(outcome.error)")
        #expect(!outcome.error.contains("\u{1b}"))
        let text = String(decoding: try WholeFile.read(place + "/Dockerfile"), as: UTF8.self)
        #expect(text.contains("title=\"it-s-touch-pwned-x-2j\""), "\(text)")
        #expect(access(place + "/pwned", F_OK) != 0)
    }

    @Test("an empty directory, and links in the place of what would tell")
    func empty() throws {
        unlink(sample.directory + "/main.go")
        rename(sample.directory + "/go.mod", sample.work.place.path("go.mod"))
        let none = try sample.run(["init", "--yes"])
        #expect(none.code == 2)
        #expect(
            none.error.hasPrefix("error: nothing here tells what the project is\nhint: known are go.mod"), "\(none)")
        symlink("../go.mod", sample.directory + "/go.mod")
        let linked = try sample.run(["init", "--yes"])
        #expect(linked.code == 2)
        #expect(linked.error.contains("\ncause: go.mod is a symbolic link, which is not followed\n"), "\(linked)")
        #expect(try files == ["go.mod"])
    }

    @Test("a link to outside in the place of a directory is not written through")
    func links() throws {
        try sample.work.place.directory("outside")
        symlink("../outside", sample.directory + "/.github")
        let outcome = try sample.run(["init", "--yes", "--force"])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains("\ncause: a directory of its path is a symbolic link\n"), "\(outcome)")
        #expect(try files == [".github", "go.mod", "main.go"])
        #expect(try Shell.run("ls -A '\(sample.work.place.path("outside"))'") == "")
    }

    @Test("something else in the place of a file or directory is told before anything is written")
    func places() throws {
        try sample.work.place.file("go-web/deploy", "mine\n")
        let file = try sample.run(["init", "--yes", "--kubernetes"])
        #expect(
            file.code == 2
                && file.error.contains(
                    "error: cannot read 'deploy/kubernetes.yaml'\ncause: a part of its path is a file\n"),
            "\(file)")
        #expect(try files == ["deploy", "go.mod", "main.go"])
        try sample.work.place.directory("go-web/sampan.yaml")
        let directory = try sample.run(["init", "--yes"])
        #expect(directory.code == 2 && directory.error.contains("error: cannot read 'sampan.yaml'\n"), "\(directory)")
        #expect(try files == ["deploy", "go.mod", "main.go", "sampan.yaml"])
    }

    @Test("pipes where files should be keep nobody waiting")
    func pipes() throws {
        try Shell.run("cd '\(sample.directory)' && mkdir .git && mkfifo .git/config .git/HEAD Makefile x.py")
        try sample.succeed(["init", "--yes"])
        #expect(try sample.text("Dockerfile").contains("/out/weather"))
    }

    @Test("a manifest that is too large, closed or no text is told, not guessed about")
    func manifests() throws {
        let message = "error: cannot read go.mod, which tells what the project is\n"
        try Shell.run("cd '\(sample.directory)' && chmod 000 go.mod")
        #expect(try ordinary("init --yes").contains(message))
        try Shell.run("cd '\(sample.directory)' && chmod 644 go.mod && cp go.mod m && truncate -s 2M go.mod")
        #expect(try sample.run(["init", "--yes"]).error.contains(message))
        try Shell.run("cd '\(sample.directory)' && mv m go.mod && truncate -s 3G huge.go && chmod 000 main.go")
        let closed = try ordinary("init --yes")
        #expect(closed.contains("error: the Go project has no program to make an image of\n"), "\(closed)")
        #expect(try files == ["go.mod", "huge.go", "main.go"])
    }

    @Test("two languages: which one was taken is said, and how to take the other")
    func languages() throws {
        try sample.work.place.file("go-web/package.json", "{\"name\": \"site\", \"main\": \"index.js\"}")
        try sample.work.place.file("go-web/index.js", "require('http').createServer().listen(3000)\n")
        let outcome = try sample.succeed(["init", "--dry-run"])
        #expect(
            outcome.error.contains(
                "\nnote: taken as Go; package.json is there, too: --kind node takes the project as Node\n"),
            "\(outcome.error)")
        let other = try sample.succeed(["init", "--yes", "--kind", "node"])
        #expect(other.error.contains(" package.json, --kind\n"), "\(other.error)")
        #expect(try sample.text("Dockerfile").contains("ENTRYPOINT [\"node\", \"index.js\"]"))
        // The next run knows it.
        #expect(try sample.succeed(["init", "--yes"]).error.contains("package.json, --kind, as before\n"))
    }

    @Test("where nothing may be written, nothing is")
    func closed() throws {
        try Shell.run("chmod 555 '\(sample.directory)'")
        defer { chmod(sample.directory, 0o755) }
        let text = try ordinary("init --yes --ci all")
        #expect(text.contains("error: the files can't be written to '.'\ncause: "), "\(text)")
        #expect(text.contains("\nhint: see to it that you may write there\ncode 2\n"), "\(text)")
        #expect(try files == ["go.mod", "main.go"])
    }

    @Test("a directory that may not be written to halfway through leaves no half of the files")
    func half() throws {
        try sample.work.place.directory("go-web/.github")
        try Shell.run("chmod 555 '\(sample.directory)/.github'")
        let text = try ordinary("init --yes --kubernetes")
        #expect(text.contains("error: the files can't be written to '.'\n"), "\(text)")
        #expect(try files == [".github", "go.mod", "main.go"])
    }

    @Test("a disk that is full leaves no half of the files", .enabled(if: Need.root, Need.rootReason))
    func full() throws {
        // Pages: two for the sources, three for files of ours, which are more.
        let script = """
            mount -t tmpfs -o size=20k none '\(sample.directory)'
            cd '\(sample.directory)'
            printf 'module a\\n' >go.mod
            printf 'package main\\n\\nfunc main() {}\\n' >main.go
            SAMPAN_HOME='\(sample.work.home)' '\(try Program.find())' init --yes --monitoring 2>&1
            echo "code $?"
            find . -mindepth 1
            """
        let file = try sample.work.place.file("full.sh", script + "\n")
        let text = try Shell.run("unshare --mount sh '\(file)'")
        #expect(text.contains("error: the files can't be written to '.'\n"), "\(text)")
        #expect(text.contains("\nhint: make room\ncode 2\n./"), "\(text)")
        #expect(text.split(separator: "\n").suffix(2).sorted() == ["./go.mod", "./main.go"], "\(text)")
    }

    @Test("a kill in the middle of it leaves whole files alone", .enabled(if: Need.programs("strace")))
    func killed() throws {
        // The second of the names is never given: what is there is whole, and what is not is made by the next run.
        let script = """
            cd '\(sample.directory)'
            SAMPAN_HOME='\(sample.work.home)' strace -f -qq -o /dev/null -e trace=rename,renameat,renameat2 \
                -e inject=rename,renameat,renameat2:signal=KILL:when=2 '\(try Program.find())' init --yes >/dev/null 2>&1
            echo $?
            """
        let file = try sample.work.place.file("kill.sh", script + "\n")
        #expect(try Shell.run("sh '\(file)'") == "137\n")
        #expect(try files.filter { !$0.hasSuffix(AtomicFile.suffix) }.contains("Dockerfile"))
        #expect(try !files.contains("sampan.yaml"))
        let outcome = try sample.succeed(["init", "--yes"])
        #expect(outcome.error.contains("unchanged Dockerfile\n") && outcome.error.contains("wrote sampan.yaml\n"))
    }
}
