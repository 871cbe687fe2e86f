import Archive
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("sampan slim", .enabled(if: Need.root, Need.rootReason))
struct SlimTests {
    /// A context whose Dockerfile is fat: busybox, and much that nothing uses.
    private func workspace(_ name: String, _ dockerfile: String) throws -> Workspace {
        let work = try Workspace(name)
        try work.importBase("fat")
        try work.file("Dockerfile", dockerfile)
        return work
    }

    private func slim(_ work: Workspace, _ options: [String] = []) throws -> Program.Outcome {
        try work.run(["slim", work.context + "/Dockerfile"] + options)
    }

    @Test("a script and its data are found, the rest is left, and both images give the same")
    func script() throws {
        let work = try workspace(
            "slim-script",
            """
            FROM store:fat
            RUN dd if=/dev/zero of=/usr-less bs=1M count=8
            COPY greet /usr/bin/greet
            COPY data /srv/data
            # What it is for.
            ENTRYPOINT ["/usr/bin/greet"]
            CMD ["one"]

            """)
        try work.file("greet", "#!/bin/sh\ncat /srv/data/$1.txt || exit 3\n", mode: 0o755)
        try work.file("data/one.txt", "first\n")
        try work.file("data/two.txt", "second\n")
        let outcome = try slim(work, ["--run", "", "--run", "two", "--run", "none", "--tag", "small"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("FROM store:fat AS build\n"))
        #expect(outcome.output.contains("COPY --from=build /srv/data /srv/data\n"))
        #expect(outcome.output.contains("# What it is for.\nENTRYPOINT [\"/usr/bin/greet\"]\n"))
        #expect(outcome.error.contains("/srv/data/"))
        let files = try work.files("small")
        #expect(files["usr-less"] == nil)
        #expect(files["srv/data/two.txt"] != nil)
        #expect(try work.run("run", "small", "two").output == "second\n")
        #expect(try work.run("run", "small", "none").code == 3)
    }

    @Test("a service is asked over its own network, and what it writes to is there for its user")
    func service() throws {
        let work = try workspace(
            "slim-service",
            """
            FROM store:fat
            RUN mkdir -p /www /var/spool/app && echo hello >/www/index.html && chown 1000:1001 /var/spool/app
            USER app
            EXPOSE 8080
            CMD touch /var/spool/app/started && exec httpd -f -p 8080 -h /www

            """)
        let before = try WholeFile.read(work.context + "/Dockerfile")
        let probe = ["--probe", "http://localhost:8080/index.html", "--probe", "http://localhost:8080/none"]
        let outcome = try slim(work, probe + ["-o", work.place.path("new"), "--tag", "small"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.error.contains("200, 6 bytes"))
        #expect(outcome.error.contains("404"))
        let new = String(decoding: try WholeFile.read(work.place.path("new")), as: UTF8.self)
        #expect(new.contains("chown 1000:1001 /slim/var/spool/app"))
        #expect(new.contains("\nUSER app\n"))
        #expect(try WholeFile.read(work.context + "/Dockerfile") == before)
        #expect(try work.files("small")["var/spool/app"]?.uid == 1000)
    }

    @Test("in place: written when it is proved, and only then")
    func inPlace() throws {
        let work = try workspace("slim-place", "FROM store:fat\nCMD [\"echo\", \"hello\"]\n")
        #expect(try slim(work, ["--in-place", "--quiet"]).code == 0)
        let text = String(decoding: try WholeFile.read(work.context + "/Dockerfile"), as: UTF8.self)
        #expect(text.contains("FROM scratch\n"))
        // What differs from run to run and never ends is not proved.
        try work.file("Dockerfile", "FROM store:fat\nCMD [\"sleep\", \"60\"]\n")
        let outcome = try slim(work, ["--in-place", "--timeout", "2"])
        #expect(outcome.code == 3, "\(outcome)")
        #expect(outcome.error.contains("not proved: nothing could be compared"))
        #expect(outcome.error.hasSuffix("context/Dockerfile stays as it is\n"), "\(outcome)")
        #expect(
            String(decoding: try WholeFile.read(work.context + "/Dockerfile"), as: UTF8.self).contains("sleep") == true)
    }

    @Test("a shell that only starts the program is not kept")
    func shellForm() throws {
        let work = try workspace("slim-shell", "FROM store:fat\nCMD busybox echo hello\n")
        let outcome = try slim(work)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("CMD [\"busybox\", \"echo\", \"hello\"]\n"))
        #expect(!outcome.output.contains("/bin/sh"))
    }

    @Test(
        "what can't be compared is said, with its reason",
        arguments: [
            ("CMD [\"sleep\", \"60\"]", "did not answer http://localhost:8080/ in 2 seconds"),
            ("CMD [\"sh\", \"-c\", \"echo broken; exit 4\"]", "ended with 4 before it answered"),
            ("CMD [\"nc\", \"192.0.2.7\", \"443\"]", "ended with 1 before it answered"),
            ("CMD [\"/missing\"]", "the image does not start"),
            ("RUN exit 5", "can't be built"),
        ])
    func failures(instruction: String, message: String) throws {
        let work = try workspace("slim-bad", "FROM store:fat\n\(instruction)\n")
        let outcome = try slim(work, ["--probe", "http://localhost:8080/", "--timeout", "2"])
        #expect(outcome.code != 0)
        #expect(outcome.error.contains(message), "\(outcome)")
        #expect(outcome.output.isEmpty)
    }

    @Test("a network that is wanted is told by its address")
    func network() throws {
        let work = try workspace("slim-net", "FROM store:fat\nCMD [\"nc\", \"-w\", \"1\", \"192.0.2.7\", \"443\"]\n")
        let outcome = try slim(work, ["--probe", "http://localhost/", "--timeout", "2"])
        #expect(outcome.error.contains("192.0.2.7:443"), "\(outcome)")
    }

    @Test("thousands of files that a program reads become directories")
    func manyFiles() throws {
        let work = try workspace(
            "slim-many",
            """
            FROM store:fat
            RUN mkdir -p /usr/share/many && cd /usr/share/many && for i in $(seq 3000); do echo $i >$i; done
            CMD ["sh", "-c", "cat /usr/share/many/* | wc -l"]

            """)
        let outcome = try slim(work)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("COPY --from=build /usr/share/many /usr/share/many\n"))
    }

    @Test(
        "options that are not understood are usage errors",
        arguments: [
            ["--probe", "ftp://localhost/"], ["--probe", "https://example.org/"], ["--probe", "http://localhost:x/"],
            ["--run", "a | b"], ["--target", "none"], ["--tag", "x@y"], ["--output", "/nowhere/x"], ["--output", "/"],
        ])
    func usage(options: [String]) throws {
        let work = try workspace("slim-usage", "FROM store:fat\n")
        #expect(try slim(work, options).code == 64)
    }

    // MARK: - Users

    @Test("root's place is taken by a user without rights, who gets what is written to")
    func user() throws {
        let work = try workspace(
            "slim-user",
            """
            FROM store:fat
            RUN mkdir -p /srv/state && echo 1 >/srv/state/count
            VOLUME /srv/state
            CMD ["sh", "-c", "echo 2 >>/srv/state/count && cat /srv/state/count && touch /srv/state/new"]

            """)
        let outcome = try slim(work, ["--tag", "small:1"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("\nUSER 65532:65532\nVOLUME /srv/state\nCMD [\"sh\", "), "\(outcome)")
        #expect(outcome.error.contains("volumes that are mounted have to be writable for that user"))
        #expect(try work.files("small:1")["srv/state/count"]?.access == "644 65532:65532")
        #expect(try work.run("run", "small:1").output == "1\n2\n")
        let kept = try slim(work, ["--user", "keep"])
        #expect(kept.code == 0 && !kept.output.contains("USER"), "\(kept)")
        #expect(kept.error.contains("the program runs as root, as asked for"))
        let named = try slim(work, ["--user", "app"])
        #expect(named.code == 0 && named.output.contains("\nUSER app\n"), "\(named)")
        #expect(named.output.contains("COPY --from=build --chown=1000:1001 /srv/state /srv/state\n"), "\(named)")
    }

    @Test("who has to be root stays root, and why is said")
    func rootIsNeeded() throws {
        let work = try workspace(
            "slim-root", "FROM store:fat\nCMD [\"sh\", \"-c\", \"echo moved >/etc/state && cat /etc/state\"]\n")
        let outcome = try slim(work)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(!outcome.output.contains("USER"))
        #expect(
            outcome.error.contains(
                "USER 65532:65532 is not taken: the program by itself gave exit 1, 47 bytes and not exit 0, 6 bytes "
                    + "(sh: can't create /etc/state: Permission denied); as root it writes to /etc\n"), "\(outcome)")
        // Asked for, it is what it is.
        let forced = try slim(work, ["--user", "7", "--tag", "small:1"])
        #expect(forced.code == 1, "\(forced)")
        #expect(forced.error.contains("the program by itself: the slim image wrote\n  sh: can't create /etc/state"))
        #expect(forced.error.hasSuffix("the image gets no name: small:1 stays what it was\n"), "\(forced)")
        #expect(try work.run("inspect", "small:1").code != 0)
    }

    @Test("a port that was root's is anybody's in a network of one's own")
    func lowPort() throws {
        let work = try workspace(
            "slim-port", "FROM store:fat\nRUN mkdir /www && echo hi >/www/index.html\nCMD httpd -f -p 80 -h /www\n")
        let outcome = try slim(work, ["--probe", "http://localhost/"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("\nUSER 65532:65532\nCMD [\"httpd\", "), "\(outcome)")
        #expect(outcome.error.contains("port 80 is below 1024"))
    }

    @Test("what differs is shown, gets no name, and an existing file is not written over")
    func different() throws {
        let work = try workspace("slim-differs", "FROM store:fat\nCMD [\"sh\", \"-c\", \"ls / | wc -l\"]\n")
        try work.succeed(["tag", "store:fat", "small:1"])
        try work.file("old", "# ours\n")
        let outcome = try slim(work, ["--tag", "small:1", "-o", work.context + "/old"])
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.error.contains("DIFFERENT"))
        #expect(outcome.error.contains("NOT the same: 1 of 1 differ\n"), "\(outcome)")
        #expect(try work.place.text("context/old") == "# ours\n")
        #expect(try work.files("small:1")["etc/group"] != nil)
        // A file that is not there yet is for looking at.
        #expect(try slim(work, ["--quiet", "-o", work.context + "/new"]).code == 1)
        #expect(try work.place.text("context/new").contains("FROM scratch\n"))
        // What is proved takes the place of what was there, with its mode.
        try work.file("Dockerfile", "FROM store:fat\nCMD [\"echo\", \"hello\"]\n")
        chmod(work.context + "/old", 0o600)
        let good = try slim(work, ["--tag", "small:1", "-o", work.context + "/old"])
        #expect(good.code == 0, "\(good)")
        #expect(good.error.hasSuffix("written: \(work.context)/old\nnamed: small:1\n"), "\(good)")
        #expect(try FileInfo.of(work.context + "/old")?.mode == 0o600)
        #expect(try work.run("run", "small:1").output == "hello\n")
    }

    @Test("a program of many names is copied once, and told in one line")
    func names() throws {
        let work = try workspace(
            "slim-names",
            """
            FROM store:fat
            HEALTHCHECK --interval=5s CMD test -e /bin/sh || exit 1
            CMD ["sh", "-c", "for f in /bin/*; do test -x $f || echo $f; done; cat /etc/passwd | sort | head -n 1"]

            """)
        let outcome = try slim(work, ["--tag", "small:1"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.error.count { $0 == "\n" } < 40, "\(outcome.error)")
        let files = try work.files("small:1")
        #expect(files["bin/sort"]?.link == "/bin/busybox" && files["bin/["]?.link == "/bin/busybox")
        #expect(files.values.count { $0.kind == .file } == 3, "\(files.keys.sorted())")
        #expect(outcome.error.contains("HEALTHCHECK is carried over, and was not run: test -e /bin/sh || exit 1"))
        #expect(outcome.output.contains("\nHEALTHCHECK --interval=5s CMD test -e /bin/sh || exit 1\n"), "\(outcome)")
    }

    @Test("an ordinary user can do it")
    func rootless() throws {
        let user = try OrdinaryUser(.rootless)
        let work = user.work
        try work.file(
            "Dockerfile",
            """
            FROM store:fat
            RUN mkdir -p /www && echo hello >/www/index.html
            CMD httpd -f -p 80 -h /www

            """)
        let imported = try user.run(["import", work.place.path("root.tar"), "fat"])
        #expect(imported.code == 0, "\(imported)")
        let outcome = try user.run([
            "slim", work.context + "/Dockerfile", "--probe", "http://localhost/", "--tag", "small:1",
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("COPY --from=build /www /www\nUSER 65532:65532\n"), "\(outcome)")
        #expect(outcome.error.contains("http://localhost/  200, 6 bytes  200, 6 bytes  alike\n"))
        #expect(outcome.error.hasSuffix("proved: 1 of 1 alike\nnamed: small:1\n"), "\(outcome)")
        #expect(Traces.remaining(work.home) == [])
    }

    // MARK: - Ends

    @Test(
        "an interruption halfway leaves the Dockerfile, and nothing beside it",
        arguments: [
            ("building", "RUN echo begun && sleep 61\nCMD [\"true\"]"), ("running it", "CMD [\"sleep\", \"61\"]"),
        ])
    func interruption(moment: String, instruction: String) throws {
        let work = try workspace("slim-stop", "FROM store:fat\n\(instruction)\n")
        let before = try Tree.files(work.context)
        let text = try work.place.text("context/Dockerfile")
        var options = try Program.options(
            ["slim", work.context + "/Dockerfile", "--in-place"], environment: ["SAMPAN_HOME": work.home],
            directory: work.place.path)
        let log = work.place.path("log")
        options.descriptors[2] = try .open(log, O_WRONLY | O_CREAT | O_TRUNC)
        let child = try ChildProcess.spawn(options)
        let isThere = Traces.wait {
            ((try? work.place.text("log")) ?? "").contains(moment) && !Traces.find("sleep\u{0}61").isEmpty
        }
        #expect(isThere)
        child.terminate(SIGINT)
        #expect(child.wait(timeout: .seconds(20))?.shellCode == 130)
        let said = try work.place.text("log")
        #expect(said.hasSuffix("interrupted\n"), "\(said)")
        #expect(try Tree.files(work.context) == before)
        #expect(try work.place.text("context/Dockerfile") == text)
        #expect(Traces.remaining(work.home) == [])
        #expect(Traces.remaining("sleep\u{0}61") == [])
        let left = try Tree.directories(work.home + "/tmp")
        #expect(left == [], "\(left)")
    }
}

extension Tree {
    /// Names of the directories in another one.
    static func directories(_ path: String) throws -> [String] {
        guard access(path, F_OK) == 0 else { return [] }
        return try Directory.names(FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
