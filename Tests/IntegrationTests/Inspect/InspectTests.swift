import Archive
import Core
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("inspecting images")
struct InspectTests {
    @Test("every transport shows the same image")
    func transports() throws {
        let sample = try InspectionSample("inspect")
        try sample.addChanging()
        let (work, web) = (sample.work, sample.name("web"))
        let shown = try json(work.succeed(["inspect", "--format", "json", web] + sample.options).output)
        #expect(shown["bytes"] == .int(10 + 5 + 55_000 + 10 + 23))
        try work.succeed(["pull", web, "-t", "mine:1"] + sample.options)
        let path = work.place.path("copy")
        let transports = [
            "mine:1", "store:mine:1", "oci:\(path)/oci:1", "oci-archive:\(path).oci.tar", "dir:\(path)/dir",
        ]
        for transport in transports {
            if !transport.contains("mine") { try work.succeed(["copy", "store:mine:1", transport]) }
            let other = try json(work.succeed(["inspect", "--format", "json", transport]).output)
            for key in ["digest", "bytes", "compressed", "layers", "waste", "kinds", "programs"] {
                #expect(other[key] == shown[key], "\(transport) \(key)")
            }
        }
        try work.succeed(["copy", "store:mine:1", "docker-archive:\(path).docker.tar:mine:1"])
        let docker = try json(
            work.succeed(["inspect", "--format", "json", "docker-archive:\(path).docker.tar"]).output)
        #expect(docker["bytes"] == shown["bytes"])
        #expect(docker["waste"] == shown["waste"])
    }

    @Test("pages of files, of the tree, of layers and of waste")
    func pages() throws {
        let sample = try InspectionSample("pages")
        try sample.addChanging()
        let web = sample.name("web")
        func page(_ arguments: String...) throws -> String {
            try sample.work.succeed(["inspect", "-q", web] + arguments + sample.options).output
        }
        let files = try json(page("--files", "--format", "json"))
        guard case .array(let items) = files else { return #expect(Bool(false), "no list") }
        #expect(
            items.compactMap { $0["path"]?.string } == [
                "/etc", "/etc/hosts", "/srv", "/srv/note", "/usr", "/usr/share", "/usr/share/big.txt",
            ])
        #expect(items[1]["digest"]?.string == SHA256.digest(of: "127.0.0.2\n").description)
        #expect(items[1]["layer"] == 2)
        let lines = try page("--files").split(separator: "\n")
        #expect(lines.count == 4 && lines[1].hasPrefix("55.0 kB") && lines[1].hasSuffix("/usr/share/big.txt"))
        let tree = try page("--tree").split(separator: "\n").map(String.init)
        #expect(tree[0] == "  55.0 kB  /")
        #expect(
            tree[1...4] == [
                "  55.0 kB  ├ usr/", "  55.0 kB  │ └ share/", "  55.0 kB  │   └ big.txt", "     23 B  ├ srv/",
            ])
        #expect(try page("--layers").contains("INSTRUCTION"))
        let waste = try page("--waste")
        #expect(waste.contains("/etc/old") && waste.contains("deleted later"))
        #expect(waste.contains("/etc/hosts") && waste.contains("rewritten later"))
        let summary = try page()
        for text in ["Layers", "Waste", "Contents", "55.0 kB"] {
            #expect(summary.contains(text), "\(text)\n\(summary)")
        }
    }

    @Test("the second look reads no layer again, also when nothing could be fetched")
    func remembered() throws {
        let sample = try InspectionSample("again")
        try sample.addChanging()
        let first = try sample.work.run(["inspect", "--progress", "plain", sample.name("web")] + sample.options)
        #expect(first.error.contains("reading"), "\(first)")
        let second = try sample.work.run(["inspect", "--progress", "plain", sample.name("web")] + sample.options)
        #expect(second.code == 0 && !second.error.contains("reading"), "\(second)")
        #expect(second.output == first.output)
    }

    @Test("no page has a character that a terminal would act on")
    func hostile() throws {
        let sample = try InspectionSample("hostile")
        try sample.addHostile()
        try sample.addChanging()
        let pages = [[], ["--layers"], ["--files"], ["--tree"], ["--waste"], ["--packages"]]
        for page in pages.flatMap({ [$0, $0 + ["--format", "json"]] }) {
            let outcome = try sample.work.succeed(["inspect", sample.name("evil")] + page + sample.options)
            #expect(InspectionSample.isSafe(outcome.output), "\(page) \(outcome.output.debugDescription)")
            #expect(InspectionSample.isSafe(outcome.error))
        }
        for format in ["table", "json"] {
            let diff = ["diff", sample.name("web"), sample.name("evil"), "--files", "--format", format]
            let outcome = try sample.work.succeed(diff + sample.options)
            #expect(InspectionSample.isSafe(outcome.output), "\(outcome.output.debugDescription)")
        }
        let files = try sample.work.succeed(["inspect", "--files", sample.name("evil")] + sample.options).output
        for name in ["/esc\\x1b[2J", "/csi\\u{9b}", "/line\\nbreak", "/txt.\\u{202e}exe", "/bad\\xff\\xfe"] {
            #expect(files.contains(name), "\(name)\n\(files)")
        }
    }

    @Test(
        "what is asked for wrongly is told",
        arguments: [
            (["--files", "--tree"], 64, "--files and --tree exclude each other"),
            (["--interactive"], 64, "an interactive view needs a terminal"),
            (["--binary", "/etc/hostz"], 2, "did you mean '/etc/hosts'?"),
            (["--binary", "/etc"], 2, "'/etc' is a directory"), (["--binary", "/etc/hosts"], 2, "is no ELF program"),
            (["--platform", "linux/s390x"], 2, "is no image for linux/s390x"),
            (["--report", "x.html", "--format", "json"], 64, "--report shows nothing as JSON"),
        ] as [([String], Int32, String)])
    func refusals(arguments: [String], code: Int32, text: String) throws {
        let sample = try InspectionSample("refuse")
        try sample.addChanging()
        let outcome = try sample.work.run(["inspect", "-q", sample.name("web")] + arguments + sample.options)
        #expect(outcome.code == code && outcome.error.contains(text), "\(outcome)")
        #expect(outcome.output.isEmpty)
    }

    @Test("the lines of the Dockerfile stand beside what they brought, unless the build was not to keep them")
    func causes() throws {
        let work = try Workspace("causes")
        try work.file("a", "one\n")
        try work.image("FROM scratch\n\nCOPY a /a\nCOPY a \\\n  /b\n", ["-t", "web:1"])
        let layers = try json(work.succeed(["inspect", "--layers", "--format", "json", "web:1"]).output)
        guard case .array(let items) = layers else { return #expect(Bool(false), "no list") }
        #expect(items.map { $0["cause"]?["place"]?["firstLine"] } == [3, 4])
        #expect(items.last?["cause"]?["place"]?["lastLine"] == 5)
        let shown = try work.succeed(["inspect", "--layers", "web:1"]).output
        #expect(shown.contains("Dockerfile:3 ") && shown.contains("Dockerfile:4-5 "), "\(shown)")
        #expect(shown.contains("COPY a /a"))
    }

    @Test("a program is shown from inside, through links", .enabled(if: Need.root, Need.rootReason))
    func binary() throws {
        let work = try Workspace("binary")
        try work.importBase()
        let shown = try json(work.succeed(["inspect", "--binary", "/bin/sh", "--format", "json", "base"]).output)
        #expect(shown["path"]?.string == "/bin/busybox")
        #expect(shown["static"] == true)
        #expect(shown["sizes"]?["total"] == shown["bytes"])
        let text = try work.succeed(["inspect", "--binary", "bin/sh", "base"]).output
        #expect(text.contains("none: static"), "\(text)")
    }

    @Test(
        "a program is found by its name in the working directory, in PATH, or where there is only one",
        .enabled(if: Need.root, Need.rootReason))
    func programNames() throws {
        let work = try Workspace("binary-names")
        try work.importBase()
        let program = try WholeFile.read("/bin/busybox")
        try work.file("tool", program)
        try work.file("data", "no program\n")
        try work.image(
            """
            FROM base
            COPY tool /app/server
            COPY tool /opt/bin/worker
            COPY tool /opt/one/twin
            COPY tool /opt/two/twin
            COPY data /app/worker
            COPY data /srv/only
            COPY tool /srv/deep/mixed
            COPY data /srv/mixed
            RUN ln -s /srv/deep/mixed /srv/soft && ln /srv/deep/mixed /srv/hard
            ENV PATH=/opt/bin:/bin
            WORKDIR /app
            """, ["-t", "names"])
        func path(_ name: String) throws -> String? {
            try json(work.succeed(["inspect", "-q", "--binary", name, "--format", "json", "names"]).output)["path"]?
                .string
        }
        for (name, expected) in [
            ("server", "/app/server"), ("./server", "/app/server"), ("../opt/bin/worker", "/opt/bin/worker"),
            ("worker", "/opt/bin/worker"), ("busybox", "/bin/busybox"), ("mixed", "/srv/deep/mixed"),
            ("opt/one/twin", "/opt/one/twin"), ("soft", "/srv/deep/mixed"),
        ] { #expect(try path(name) == expected, "\(name)") }
        for (name, texts) in [
            ("twin", ["the image has several files named 'twin'", "cause: /opt/one/twin", "cause: /opt/two/twin"]),
            ("servre", ["the image has no file named 'servre'", "did you mean '/app/server'?"]),
            ("nothing-like-it", ["no file named 'nothing-like-it'", "sampan inspect --files"]),
            ("only", ["'/srv/only' is no ELF program"]), ("opt", ["'/opt' is a directory"]),
            ("bin/servre", ["the image has no '/bin/servre'"]),
        ] {
            let outcome = try work.run("inspect", "-q", "--binary", name, "names")
            #expect(outcome.code == 2 && outcome.output.isEmpty)
            for text in texts { #expect(outcome.error.contains(text), "\(text): \(outcome.error)") }
        }
    }

    @Test("a name that is nowhere: what the store has is told first, then what the registry said")
    func unknownNames() throws {
        let sample = try InspectionSample("nowhere")
        let (work, registry) = (sample.work, sample.registry.authority)
        try work.file("a", "one\n")
        try work.image("FROM scratch\nCOPY a /a\n", ["-t", "\(registry)/team/web:1", "-t", "\(registry)/team/web:2"])
        for (name, hint) in [
            ("team/wbe:1", "did you mean '\(registry)/team/web:1' or '\(registry)/team/web:2'?"),
            ("team/web:3", "did you mean '\(registry)/team/web:1' or '\(registry)/team/web:2'?"),
            ("other/web:2", "did you mean '\(registry)/team/web:2' or '\(registry)/team/web:1'?"),
            ("zzz/unlike:1", "check the name and the tag"),
        ] {
            for command in [
                ["inspect"], ["check", "--profile", "delivery"], ["diff", "\(registry)/team/web:1"], ["digest"],
            ] {
                let outcome = try work.run(command + ["\(registry)/\(name)"] + sample.options)
                #expect(outcome.code == 2 && outcome.output.isEmpty, "\(command) \(outcome)")
                for text in [
                    "error: the store has no image '\(registry)/\(name)', and \(registry) gave none",
                    "cause: \(registry) has no image \(registry)/\(name)", "hint: \(hint)",
                ] { #expect(outcome.error.contains(text), "\(text): \(outcome.error)") }
            }
        }
        let asked = try work.run(["inspect", "docker://\(registry)/team/web:3"] + sample.options)
        #expect(asked.error.contains("error: \(registry) has no image"), "\(asked)")
    }

    @Test("a file in the place of a name gets the transport that reads it")
    func filesAsNames() throws {
        let work = try Workspace("file-names")
        try work.file("a", "one\n")
        try work.image("FROM scratch\nCOPY a /a\n", ["-t", "web:1"])
        try work.succeed(["save", "web:1", "-o", work.place.path("Web.tar")])
        try work.succeed(["save", "web:1", "-o", work.place.path("Oci.tar"), "--format", "oci"])
        for command in [["inspect"], ["check", "--profile", "delivery"]] {
            for (name, transport) in [
                ("./Web.tar", "docker-archive:./Web.tar"), ("Web.tar", "docker-archive:Web.tar"),
                ("./Oci.tar", "oci-archive:./Oci.tar"),
            ] {
                let outcome = try work.run(command + [name])
                #expect(outcome.code == 64 && outcome.error.contains("write \(transport)\n"), "\(outcome)")
                #expect(try work.run("inspect", transport).code == 0)
            }
        }
    }

    @Test("two images are compared by configuration, lines and files")
    func diff() throws {
        let work = try Workspace("diff")
        try work.file("a", "one\n")
        try work.image("FROM scratch\nCOPY a /a\nUSER 1\n", ["-t", "one:1"])
        try work.image("FROM scratch\nCOPY a /a\nCOPY a /b/c\nUSER 2\n", ["-t", "two:1"])
        let shown = try json(work.succeed(["diff", "--format", "json", "one:1", "two:1"]).output)
        #expect(shown["same"] == false)
        #expect(shown["config"] == [["key": "user", "before": "1", "after": "2"]])
        guard case .array(let files) = shown["files"] else { return #expect(Bool(false), "no files") }
        #expect(files.compactMap { $0["path"]?.string } == ["/b", "/b/c"])
        let text = try work.succeed(["diff", "one:1", "two:1"]).output
        for part in ["Dockerfile:3", "+4 B", "/b/c", "2 added, 0 removed, 0 changed"] {
            #expect(text.contains(part), "\(part)\n\(text)")
        }
        let same = try work.succeed(["diff", "one:1", "one:1"]).output
        #expect(same.contains("Both hold the same"))
    }

    @Test("a report is written whole")
    func report() throws {
        let sample = try InspectionSample("report")
        try sample.addChanging()
        let path = sample.work.place.path("page.html")
        let outcome = try sample.work.succeed(["inspect", "--report", path, sample.name("web")] + sample.options)
        #expect(outcome.output.isEmpty)
        #expect(String(decoding: try WholeFile.read(path), as: UTF8.self).hasPrefix("<!DOCTYPE html>"))
    }

    @Test("where no report can be written that is told at once, by the name that was given")
    func badReportPlaces() throws {
        let sample = try InspectionSample("bad-report")
        let place = sample.work.place.path
        try sample.work.place.directory("dir")
        for (path, reason) in [
            ("/nonexistent/x.html", "No such file or directory"), (place + "/dir", "Is a directory"),
            ("dir/", "Is a directory"), ("none/x.html", "No such file or directory"),
            ("/proc/x.html", "No such file or directory"), ("/dev/null/x.html", "Not a directory"),
        ] {
            // The image is not looked for before.
            let outcome = try sample.work.run("inspect", "--report", path, "127.0.0.1:1/none:1")
            #expect(outcome.code == 2 && outcome.output.isEmpty)
            #expect(outcome.error.contains("error: cannot write '\(path)': \(reason)"), "\(outcome)")
            #expect(!outcome.error.contains("sampan-tmp"))
        }
    }

    @Test("a read-only or full disk is told, and no half report stays", .enabled(if: Need.root, Need.rootReason))
    func fullDisk() throws {
        let sample = try InspectionSample("full-report")
        try sample.addChanging()
        let place = sample.work.place.path("disk")
        try sample.work.place.directory("disk")
        try Shell.run("mount -t tmpfs -o size=16k tmpfs '\(place)'")
        defer { _ = try? Shell.run("umount -l '\(place)'") }
        func report() throws -> Program.Outcome {
            try sample.work.run(["inspect", "--report", place + "/x.html", sample.name("web")] + sample.options)
        }
        let full = try report()
        #expect(full.code == 2, "\(full)")
        #expect(full.error.contains("error: cannot write '\(place)/x.html': No space left on device"), "\(full)")
        #expect(try Tree.files(place).isEmpty)
        try Shell.run("mount -o remount,ro '\(place)'")
        let frozen = try report()
        #expect(frozen.error.contains("cannot write '\(place)/x.html': Read-only file system"), "\(frozen)")
    }

    private func json(_ text: String) throws -> OrderedJSON { try OrderedJSON(parsing: Array(text.utf8)) }
}
