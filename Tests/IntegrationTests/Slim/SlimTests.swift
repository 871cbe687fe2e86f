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
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.error.contains("not proved"))
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
            ["--probe", "https://localhost/"], ["--probe", "http://example.org/"], ["--probe", "http://localhost:x/"],
            ["--run", "a | b"], ["--target", "none"],
        ])
    func usage(options: [String]) throws {
        let work = try workspace("slim-usage", "FROM store:fat\n")
        #expect(try slim(work, options).code == 64)
    }

    @Test("an interruption halfway leaves the Dockerfile, and nothing beside it")
    func interruption() throws {
        let work = try workspace("slim-stop", "FROM store:fat\nCMD [\"sleep\", \"60\"]\n")
        let before = try Tree.files(work.context)
        var options = try Program.options(
            ["slim", work.context + "/Dockerfile", "--in-place"], environment: ["SAMPAN_HOME": work.home],
            directory: work.place.path)
        let pipe = try Pipe()
        options.descriptors[2] = pipe.writer
        let child = try ChildProcess.spawn(options)
        options.descriptors[2] = nil
        usleep(4_000_000)
        child.terminate(SIGINT)
        #expect(child.wait().shellCode != 0)
        #expect(try Tree.files(work.context) == before)
        #expect(String(decoding: try WholeFile.read(work.context + "/Dockerfile"), as: UTF8.self).contains("sleep"))
    }
}
