import Glibc
import HostOS
import SampanTestSupport
import Testing

/// What `sampan lint --fix` does to files.
@Suite("mending files")
struct LintFixTests {
    private static let bad = "FROM debian:12\nMAINTAINER x\nRUN apt-get install --no-install-recommends a=1\n"

    private func fix(_ place: TemporaryDirectory, _ arguments: [String], in directory: String = "") throws
        -> Program.Outcome
    {
        try Program.run(
            ["lint", "--no-shellcheck", "--fix"] + arguments, environment: ["SAMPAN_HOME": place.path("home")],
            directory: place.path(directory))
    }

    /// The mended text has the fixes of some other rules too: these are what is looked for.
    private func isMended(_ text: String) -> Bool {
        text.contains("LABEL maintainer=\"x\"\n") && text.contains("install -y ")
    }

    @Test("a file with several names is written in place: all of them show the new text, and mode and number stay")
    func hardLinks() throws {
        let place = try TemporaryDirectory("lint-fix")
        // Longer than what it becomes, so that a rest would be seen.
        try place.file("Dockerfile", Self.bad + "ENTRYPOINT   [\"/a\"]\nUSER 1\nWORKDIR /a\nWORKDIR b\n", mode: 0o640)
        #expect(link(place.path("Dockerfile"), place.path("other")) == 0)
        let before = try FileInfo.of(place.path("other"))
        let outcome = try fix(place, ["Dockerfile"])
        #expect(outcome.error.contains("mended"), "\(outcome)")
        let text = try place.text("Dockerfile")
        #expect(isMended(text) && text.hasSuffix("WORKDIR /a/b\n"), "\(text)")
        #expect(try place.text("other") == text)
        let after = try FileInfo.of(place.path("Dockerfile"))
        #expect(after?.inode == before?.inode && after?.links == 2 && after?.mode == 0o640)
        // Both names in one run: the second finds its work done.
        try place.file("Dockerfile", Self.bad)
        unlink(place.path("other"))
        #expect(link(place.path("Dockerfile"), place.path("other")) == 0)
        let both = try fix(place, ["Dockerfile", "other"])
        #expect(both.code != 2 && !both.error.contains("error"), "\(both)")
        #expect(isMended(try place.text("other")))
    }

    @Test("a symbolic link stays one and its file is mended; one that leads out is an error and nothing changes")
    func links() throws {
        let place = try TemporaryDirectory("lint-fix")
        try place.file("real/Dockerfile", Self.bad)
        try place.directory("here")
        try place.symlink("here/Dockerfile", to: "../real/Dockerfile")
        let outside = try fix(place, ["Dockerfile"], in: "here")
        #expect(outside.code == 2 && outside.error.contains("outside of this directory"), "\(outside)")
        #expect(try place.text("real/Dockerfile") == Self.bad)
        let inside = try fix(place, ["here/Dockerfile"])
        let text = try place.text("real/Dockerfile")
        #expect(inside.code != 2 && isMended(text), "\(inside)")
        #expect(try FileInfo.of(place.path("here/Dockerfile"))?.kind == .symlink)
    }

    @Test("a file that may not be written is an error and stays; others are mended")
    func unwritable() throws {
        let place = try TemporaryDirectory("lint-fix")
        try place.file("a/Dockerfile", Self.bad)
        try place.file("b/Dockerfile", Self.bad)
        // Root may write what is read-only: then another user tries, who may not reach the program by its path.
        #expect(chmod(place.path("a/Dockerfile"), 0o444) == 0 && chmod(place.path("b"), 0o777) == 0)
        #expect(chmod(place.path("b/Dockerfile"), 0o666) == 0 && chmod(place.path, 0o755) == 0)
        let files = ["a/Dockerfile", "b/Dockerfile"]
        let asUser = geteuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : ""
        let text = try Shell.run(
            "cd '\(place.path)' && exec 9<'\(Program.find())' && { \(asUser)/proc/self/fd/9 lint --no-shellcheck --fix "
                + files.joined(separator: " ") + " 2>&1 >/dev/null; echo $?; }")
        #expect(text.contains("cannot write 'a/Dockerfile'") && text.hasSuffix("2\n"), "\(text)")
        #expect(try place.text("a/Dockerfile") == Self.bad)
    }

    @Test("a file that changes between reading and writing is an error and keeps the change")
    func changed() throws {
        let place = try TemporaryDirectory("lint-fix")
        try place.file("Dockerfile", Self.bad + "RUN ls $X\n")
        // ShellCheck is asked after the file was read: this one changes it meanwhile.
        try place.file(
            "bin/shellcheck",
            "#!/bin/sh\necho 'FROM other' > '\(place.path("Dockerfile"))'\necho '{\"comments\":[]}'\n", mode: 0o755)
        let outcome = try Program.run(
            ["lint", "--fix", "--shellcheck", "Dockerfile"],
            environment: ["PATH": place.path("bin") + ":/usr/bin:/bin"], directory: place.path)
        #expect(
            outcome.code == 2 && outcome.error.contains("was changed by somebody else meanwhile"), "\(outcome)")
        #expect(try place.text("Dockerfile") == "FROM other\n")
    }

    @Test("an interrupted run leaves the old file, and nothing beside it")
    func interrupted() throws {
        let place = try TemporaryDirectory("lint-fix")
        try place.file("Dockerfile", Self.bad + "RUN ls $X\n")
        try place.file(
            "bin/shellcheck", "#!/bin/sh\ntouch '\(place.path("asked"))'\nexec sleep 60\n", mode: 0o755)
        let options = try Program.options(
            ["lint", "--fix", "--shellcheck", "Dockerfile"],
            environment: ["PATH": place.path("bin") + ":/usr/bin:/bin"], directory: place.path)
        let process = try ChildProcess.spawn(options)
        while access(place.path("asked"), F_OK) != 0 { usleep(5_000) }
        process.terminate(SIGINT)
        #expect(process.wait(timeout: .seconds(20)) == .exited(130))
        #expect(try place.text("Dockerfile") == Self.bad + "RUN ls $X\n")
        let names = try Directory.names(FileDescriptor.open(place.path, O_RDONLY | O_DIRECTORY))
        #expect(Set(names.map { String(decoding: $0, as: UTF8.self) }) == ["Dockerfile", "asked", "bin"])
    }
}
