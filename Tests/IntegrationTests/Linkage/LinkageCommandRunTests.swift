import Core
import HostOS
import ImageAnalysis
import OCI
import SampanTestSupport
import Testing

@Suite(
    "what images start: what is predicted is what happens",
    .enabled(if: DebianBases.isReachable, DebianBases.reason), .enabled(if: Need.root, Need.rootReason))
struct LinkageCommandRunTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        /// Files beside `/bin/busybox` and what links to it.
        var files: [(String, String, UInt32)] = []
        var lines: [String]
        var isStarted: Bool
        /// Whether there are a shell and tools; else nothing but the files.
        var hasShell = true
        var testDescription: String { name }
    }

    private static let hello = ("srv/hello", "#!/bin/sh\necho started\n", UInt32(0o755))

    static let cases: [Case] = [
        Case(name: "an absolute path", files: [hello], lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: true),
        Case(
            name: "a path from the working directory", files: [hello],
            lines: ["WORKDIR /srv", "ENTRYPOINT [\"./hello\"]"], isStarted: true),
        Case(
            name: "a path from another directory", files: [hello], lines: ["WORKDIR /etc", "ENTRYPOINT [\"./hello\"]"],
            isStarted: false),
        Case(
            name: "up and down again", files: [hello], lines: ["WORKDIR /srv/deep", "ENTRYPOINT [\"../hello\"]"],
            isStarted: true),
        Case(name: "a name that PATH doesn't have", files: [hello], lines: ["CMD [\"hello\"]"], isStarted: false),
        Case(
            name: "a name that PATH has", files: [hello], lines: ["ENV PATH=/none:/srv:/bin", "CMD [\"hello\"]"],
            isStarted: true),
        Case(
            name: "the first of PATH isn't executable, the second is",
            files: [hello, ("opt/hello", "#!/bin/sh\necho started\n", 0o644)],
            lines: ["ENV PATH=/opt:/srv:/bin", "CMD [\"hello\"]"], isStarted: true),
        Case(
            name: "a file without x bit", files: [("srv/hello", "#!/bin/sh\necho started\n", 0o644)],
            lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: false),
        Case(
            name: "text without #!", files: [("srv/hello", "echo started\n", 0o755)],
            lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: false),
        Case(
            name: "text without #! from a shell", files: [("srv/hello", "echo started\n", 0o755)],
            lines: ["CMD /srv/hello"], isStarted: true),
        Case(
            name: "an interpreter that isn't there", files: [("srv/hello", "#!/bin/bash\necho started\n", 0o755)],
            lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: false),
        Case(
            name: "lines that end as on Windows", files: [("srv/hello", "#!/bin/sh\r\necho started\r\n", 0o755)],
            lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: false),
        Case(
            name: "env finds a shell", files: [("srv/hello", "#!/usr/bin/env sh\necho started\n", 0o755)],
            lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: true),
        Case(
            name: "env is given two words as one name",
            files: [("srv/hello", "#!/usr/bin/env sh -e\necho started\n", 0o755)],
            lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: false),
        Case(
            name: "a script for a script",
            files: [("srv/hello", "#!/srv/run\necho started\n", 0o755), ("srv/run", "#!/bin/sh\n. \"$1\"\n", 0o755)],
            lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: true),
        Case(
            name: "scripts in a circle", files: [("srv/a", "#!/srv/b\n", 0o755), ("srv/b", "#!/srv/a\n", 0o755)],
            lines: ["ENTRYPOINT [\"/srv/a\"]"], isStarted: false),
        Case(name: "the shell form", files: [hello], lines: ["CMD /srv/hello"], isStarted: true),
        Case(
            name: "the shell form without shell", files: [hello], lines: ["CMD /srv/hello"], isStarted: false,
            hasShell: false),
        Case(
            name: "a script without shell", files: [hello], lines: ["ENTRYPOINT [\"/srv/hello\"]"], isStarted: false,
            hasShell: false),
        Case(name: "exec of what isn't there", files: [hello], lines: ["CMD exec /srv/other"], isStarted: false),
        Case(name: "a tool of the shell", lines: ["CMD echo started"], isStarted: true),
        Case(
            name: "arguments from CMD", files: [("srv/say", "#!/bin/sh\necho \"$1\"\n", 0o755)],
            lines: ["ENTRYPOINT [\"/srv/say\"]", "CMD [\"started\"]"], isStarted: true),
        Case(
            name: "a user without account", files: [hello], lines: ["USER ghost", "ENTRYPOINT [\"/srv/hello\"]"],
            isStarted: false),
        Case(
            name: "a number without account", files: [hello], lines: ["USER 12345", "ENTRYPOINT [\"/srv/hello\"]"],
            isStarted: true),
        Case(
            name: "a user with an account", files: [hello], lines: ["USER app", "ENTRYPOINT [\"/srv/hello\"]"],
            isStarted: true),
        Case(
            name: "a program that is root's alone", files: [("srv/hello", "#!/bin/sh\necho started\n", 0o700)],
            lines: ["USER app", "ENTRYPOINT [\"/srv/hello\"]"], isStarted: false),
        Case(
            name: "a program below a directory that is root's alone",
            files: [("root/hello", "#!/bin/sh\necho started\n", 0o755)],
            lines: ["USER app", "ENTRYPOINT [\"/root/hello\"]"], isStarted: false),
        Case(name: "a directory", files: [hello], lines: ["ENTRYPOINT [\"/srv\"]"], isStarted: false),
    ]

    @Test("each form of a command", arguments: cases)
    func commands(_ one: Case) async throws {
        let lab = try LinkageLab.get()
        let work = try Workspace("linkage")
        let files = work.context + "/files"
        try work.place.directory("context/files")
        if one.hasShell {
            try Shell.run("tar -C '\(files)' -xf '\(lab.place.path("roots/shell.tar"))'")
        }
        for (path, text, mode) in one.files { try work.file("files/\(path)", text, mode: mode) }
        let dockerfile = (["FROM scratch", "COPY files /"] + one.lines).joined(separator: "\n") + "\n"
        let layout = work.place.path("layout")
        let digest = try work.image(dockerfile, ["-o", "type=oci,dest=\(layout)"])
        let outcome = try work.run(["run", "store:" + digest])
        let isStarted = outcome.code == 0 && outcome.output.hasPrefix("started")
        #expect(isStarted == one.isStarted, "\(outcome)")
        let verdicts = Linkage(try await ImageAnalyser(store: nil).analyse(LayoutLayers(layout))).verdicts()
        let missing = verdicts.filter(\.isEntrypoint).compactMap(\.start.failure)
        #expect(missing.isEmpty == isStarted, "\(missing); \(outcome)")
    }
}
