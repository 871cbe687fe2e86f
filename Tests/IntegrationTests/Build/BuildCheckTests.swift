import Core
import SampanTestSupport
import Testing

@Suite("checks of a build")
struct BuildCheckTests {
    private static let dockerfile = "FROM scratch\nMAINTAINER me\nENV A b\n"

    @Test("a build tells at its end what BuildKit's checks find, as BuildKit does")
    func warnings() throws {
        let work = try Workspace()
        let outcome = try work.build(Self.dockerfile)
        #expect(outcome.code == 0)
        #expect(
            outcome.error.contains(
                """
                 2 warnings found (sampan build --check tells more):
                 - MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 2)
                 - LegacyKeyValueFormat: "ENV key=value" should be used instead of legacy "ENV key value" format (line 3)

                """), "\(outcome.error)")
        for quiet in [["-q"], ["--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=all"]] {
            let outcome = try work.build(Self.dockerfile, quiet)
            #expect(outcome.code == 0)
            #expect(!outcome.error.contains("found"), "\(outcome.error)")
        }
    }

    @Test("error=true fails the build before it begins")
    func errors() throws {
        let work = try Workspace()
        for (text, options) in [
            ("# check=skip=MaintainerDeprecated;error=true\n" + Self.dockerfile, []),
            (Self.dockerfile, ["--build-arg", "BUILDKIT_DOCKERFILE_CHECK=error=true;skip=MaintainerDeprecated"]),
        ] {
            let outcome = try work.build(text, options)
            #expect(outcome.code == 1)
            #expect(outcome.output.isEmpty)
            #expect(outcome.error.contains("error: LegacyKeyValueFormat: "), "\(outcome.error)")
            #expect(!outcome.error.contains("MaintainerDeprecated"), "\(outcome.error)")
        }
    }

    @Test("options of checks that mean nothing are errors with their place")
    func badOptions() throws {
        let work = try Workspace()
        let inFile = try work.build("# check=skp=all\n" + Self.dockerfile)
        #expect(inFile.code == 2)
        #expect(inFile.error.contains("there is no option 'skp' for checks"), "\(inFile.error)")
        #expect(inFile.error.contains(":1:9\n"), "\(inFile.error)")
        #expect(inFile.error.contains("did you mean 'skip'?"), "\(inFile.error)")
        let given = try work.build(Self.dockerfile, ["--build-arg", "BUILDKIT_DOCKERFILE_CHECK=error=maybe"])
        #expect(given.code == 64)
    }

    @Test("--check says what sampan lint says, builds nothing, and fails when it finds something")
    func check() throws {
        let work = try Workspace()
        let bad = try work.build(Self.dockerfile, ["--check", "-t", "x"])
        #expect(bad.code == 1)
        #expect(bad.output.contains("LegacyKeyValueFormat"), "\(bad.output)")
        #expect(bad.output.contains("DL4000"), "\(bad.output)")
        #expect(try work.run(["inspect", "x"]).code != 0)
        let good = try work.build("FROM scratch\nENV A=b\n", ["--check"])
        #expect(good.code == 0)
        #expect(good.output.isEmpty)
        let piped = try work.run(["build", "--check", "-"], input: Array(Self.dockerfile.utf8))
        #expect(piped.code == 1)
        #expect(piped.output.contains("<stdin>:3:"), "\(piped.output)")
    }

    @Test("--check looks into the build context")
    func context() throws {
        let work = try Workspace()
        try work.file("start.sh", "#!/bin/sh\nprepare\n\"$@\"\n")
        let text = "FROM scratch\nCOPY start.sh /start.sh\nUSER 1:1\nENTRYPOINT [\"/start.sh\"]\n"
        let outcome = try work.build(text, ["--check"])
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("SMP1007"), "\(outcome.output)")
    }

    private static let stages = """
        FROM scratch AS unused
        MAINTAINER nobody
        FROM scratch AS files
        ENV A b
        FROM scratch AS other
        ENV C d
        FROM scratch
        COPY --from=files /a /b

        """

    @Test("only stages that the target needs are told of, after a build and by --check; a target must be there")
    func targets() throws {
        let work = try Workspace()
        func lines(_ text: String) -> [Int] {
            (1...9).filter { text.contains("(line \($0))") || text.contains("Dockerfile:\($0):") }
        }
        let text = Self.stages.replacing("COPY --from=files /a /b", with: "COPY --from=files . /b/")
        #expect(try lines(work.build(text).error) == [4])
        #expect(try lines(work.build(text, ["--target", "other"]).error) == [6])
        #expect(try lines(work.build(text, ["--target", "unused"]).error) == [2])
        let check = try work.build(text, ["--check", "--target", "other"])
        #expect(check.output.contains("LegacyKeyValueFormat") && !check.output.contains("MaintainerDeprecated"))
        #expect(try work.build(text, ["--check", "--target", "unused"]).output.contains("MaintainerDeprecated"))
        let wrong = try work.build(text, ["--check", "--target", "othr"])
        #expect(wrong.code != 0 && wrong.error.contains("did you mean 'other'?"), "\(wrong)")
        // What can't be built is told of as a whole.
        let broken = try work.build("FROM $NONE\nMAINTAINER x\n", ["--check"])
        #expect(broken.output.contains("MaintainerDeprecated") && broken.output.contains("UndefinedArgInFrom"))
    }

    @Test("a base image of another platform than its stage's is refused")
    func platforms() throws {
        let registry = try TestRegistry()
        let name = "\(registry.authority)/foreign:1"
        try registry.addImage(
            [TarFile.bytes([TarFile.file("note", "hello\n")])], repository: "foreign", tag: "1",
            platform: Platform(os: "linux", architecture: "s390x"))
        let work = try Workspace()
        let options = ["--insecure-registry", registry.authority, "--platform", "linux/riscv64"]
        let outcome = try work.build("FROM \(name)\nLABEL c=d\n", options)
        #expect(
            outcome.code == 2 && outcome.error.contains("is an image for linux/s390x, not for linux/riscv64"),
            "\(outcome)")
        let meant = try work.build("FROM --platform=linux/s390x \(name)\nLABEL c=d\n", options)
        #expect(meant.code == 0, "\(meant)")
    }
}
