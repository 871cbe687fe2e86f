import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("finding Dockerfiles")
struct LintPathTests {
    private static func tree() throws -> TemporaryDirectory {
        let place = try TemporaryDirectory("lint-paths")
        for name in [
            "Dockerfile", "Dockerfile.dev", "a/app.Dockerfile", "a/Containerfile", "a/b/dockerfile", "a/readme.md",
            "a/Dockerfile.dockerignore", "a/Dockerfile.swift", "a/Dockerfile.j2", ".git/Dockerfile",
            "node_modules/x/Dockerfile", "c/x.txt",
        ] { try place.file(name, "FROM scratch\n") }
        try place.symlink("loop", to: "loop")
        try place.symlink("a/up", to: "..")
        try place.symlink("a/nowhere", to: "missing")
        try place.symlink("a/Dockerfile.link", to: "../Dockerfile")
        return place
    }

    private func found(_ place: TemporaryDirectory, _ arguments: String...) -> [String] {
        LintPaths(arguments.map(place.path)).files.map { String($0.dropFirst(place.path.utf8.count + 1)) }
    }

    @Test("directories are searched, but not hidden ones, installed packages and what links lead to")
    func directories() throws {
        let place = try Self.tree()
        #expect(
            found(place, ".").map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 } == [
                "Dockerfile", "Dockerfile.dev", "a/Containerfile", "a/Dockerfile.link", "a/app.Dockerfile",
                "a/b/dockerfile",
            ])
        #expect(found(place, "a/b", "a/b/dockerfile", "a/b") == ["a/b/dockerfile"])
    }

    @Test(
        "patterns stand for files",
        arguments: [
            ("**/Dockerfile*", ["Dockerfile", "Dockerfile.dev", "a/Dockerfile.j2", "a/Dockerfile.link"]),
            ("*/*.Dockerfile", ["a/app.Dockerfile"]),
            (
                "a/**",
                [
                    "a/Containerfile", "a/Dockerfile.j2", "a/Dockerfile.link", "a/app.Dockerfile", "a/readme.md",
                    "a/b/dockerfile",
                ]
            ),
            ("[CD]ockerfile", ["Dockerfile"]), ("?/b/*", ["a/b/dockerfile"]),
        ])
    func patterns(pattern: String, files: [String]) throws {
        #expect(found(try Self.tree(), pattern) == files)
    }

    @Test(
        "what isn't there is an error that says what may be meant",
        arguments: [
            ("Dockerfil", "there is no file", "did you mean 'Dockerfile'?"), ("*.nothing", "no file matches", "**"),
            ("c", "there is no Dockerfile in", "pattern"), ("a/nowhere", "cannot read", ""),
            ("loop", "cannot read", ""),
        ])
    func missing(path: String, message: String, hint: String) throws {
        let place = try Self.tree()
        let paths = LintPaths([place.path(path)])
        let failure = try #require(paths.failures.first)
        #expect(paths.files.isEmpty && paths.failures.count == 1)
        #expect(failure.message.contains(message) && (failure.hint ?? "").contains(hint), "\(failure)")
    }

    @Test("standard input is one of the files, once")
    func standardInput() {
        #expect(LintPaths(["-", "-"]).files == ["-"])
    }

    @Test(
        "what is no text is refused",
        arguments: [
            ("binary", "lint.binary"), ("directory", "lint.read"), ("large", "lint.size"), ("device", "lint.read"),
        ])
    func refused(name: String, code: String) throws {
        let place = try TemporaryDirectory("lint-input")
        try place.file("binary", [0x7f, 0x45, 0x4c, 0x46, 0])
        try place.directory("directory")
        try place.file("large")
        #expect(truncate(place.path("large"), 100 << 20) == 0)
        #expect(throws: Diagnostic.self) {
            try LintInput.read(name == "device" ? "/dev/zero" : place.path(name))
        }
        do {
            _ = try LintInput.read(name == "device" ? "/dev/zero" : place.path(name))
        } catch {
            #expect(error.code == code)
        }
    }
}

extension TemporaryDirectory {
    fileprivate func file(_ name: String) throws { try file(name, [UInt8]()) }
}

@Suite("putting a mended file in place")
struct FixedFileTests {
    private static let before = Array("a\n".utf8)
    private static let after = Array("b\n".utf8)

    @Test("mode and links stay, and the file is replaced in one step")
    func replaces() throws {
        let place = try TemporaryDirectory("lint-fix")
        try place.file("Dockerfile", Self.before, mode: 0o640)
        try place.symlink("link", to: "Dockerfile")
        try FixedFile.write(Self.after, to: place.path("link"), before: Self.before)
        #expect(try place.bytes("Dockerfile") == Self.after)
        #expect(try FileInfo.of(place.path("Dockerfile"))?.mode == 0o640)
        #expect(try FileInfo.of(place.path("link"))?.kind == .symlink)
        #expect(try Directory.names(FileDescriptor.open(place.path, O_RDONLY | O_DIRECTORY)).count == 2)
    }

    @Test("a file with other names is written where it is, and all of it")
    func otherNames() throws {
        let place = try TemporaryDirectory("lint-fix")
        try place.file("one", "a longer text\n")
        #expect(link(place.path("one"), place.path("two")) == 0)
        try FixedFile.write(Self.after, to: place.path("one"), before: Array("a longer text\n".utf8))
        #expect(try place.bytes("two") == Self.after)
        // Under its other name the work is done.
        try FixedFile.write(Self.after, to: place.path("two"), before: Array("a longer text\n".utf8))
        #expect(try FileInfo.of(place.path("two"))?.links == 2)
    }

    @Test("links that lead outside and files that changed are left alone")
    func refuses() throws {
        let place = try TemporaryDirectory("lint-fix")
        try place.file("outside/file", Self.before)
        try place.directory("inside")
        try place.symlink("inside/Dockerfile", to: "../outside/file")
        try place.file("changed", "c\n")
        for (name, code) in [("inside/Dockerfile", "lint.outside"), ("changed", "lint.changed")] {
            do {
                try FixedFile.write(Self.after, to: place.path(name), before: Self.before)
                Issue.record("\(name) was written")
            } catch {
                #expect(error.code == code, "\(error)")
            }
        }
        #expect(try place.bytes("outside/file") == Self.before)
        #expect(try place.text("changed") == "c\n")
    }
}

@Suite("the context that rules look into")
struct DirectoryProjectTests {
    @Test("it is the Dockerfile's directory, unless what is copied is elsewhere; no link leads out of it")
    func contexts() throws {
        let place = try TemporaryDirectory("lint-context")
        try place.file("go.mod", "module x\n")
        try place.file("docker/Dockerfile", "FROM a\nCOPY go.mod /\n")
        try place.file("docker/Dockerfile.dockerignore", "x\n")
        try place.symlink("docker/passwd", to: "/etc/passwd")
        let source = SourceFile(name: place.path("docker/Dockerfile"), text: "FROM a\nCOPY go.mod /\n")
        let beside = DirectoryProject.of(source, named: nil, in: ContextDirectories())
        #expect(beside.contents(of: "go.mod") == nil && beside.contents(of: "passwd") == nil)
        #expect(beside.ignoreFile?.name == "Dockerfile.dockerignore")
        #expect(beside.names(in: "") == ["Dockerfile", "Dockerfile.dockerignore", "passwd"])
        #expect(beside.names(in: "Dockerfile") == nil && beside.names(in: "passwd") == nil)
        let named = DirectoryProject.of(source, named: place.path, in: ContextDirectories())
        #expect(named.contents(of: "go.mod") == Array("module x\n".utf8))
        #expect(named.contents(of: "docker") == nil && named.names(in: "nothing") == nil)
    }
}

@Suite("words of lint")
struct LintWordTests {
    @Test("--fix=unsafe is a flag of its own; what follows -- stays")
    func fixes() {
        #expect(
            LintCommand.translated(["lint", "--fix=unsafe", "--fix=safe", "--", "--fix=unsafe"])
                == ["lint", "--fix-unsafe", "--fix", "--", "--fix=unsafe"])
    }

    @Test("codes that nobody has are refused with the one that may be meant")
    func codes() throws {
        try LintCodes.check(["DL3008", "SC2086", "DL9999", "JSONArgsRecommended", "DL1000"])
        let error = #expect(throws: Diagnostic.self) { try LintCodes.check(["JSONArgRecommended"]) }
        #expect(error?.hint == "did you mean 'JSONArgsRecommended'?" && error?.exitCode == 64)
    }
}
