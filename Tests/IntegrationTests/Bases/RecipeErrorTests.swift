import Archive
import Core
import HostOS
import SampanTestSupport
import Testing

/// Something that must be refused, with the message.
struct BadCase<Value: Sendable>: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var value: Value
    var error: String

    init(_ name: String, _ value: Value, _ error: String) {
        testDescription = name
        self.value = value
        self.error = error
    }
}

extension BaseBench {
    /// Runs a build that must fail, and shows that the store is as good as before: a right recipe still gives its image.
    /// - Returns: the error without the progress before it, addresses and keys replaced by words.
    func refuse(
        _ recipe: String, _ arguments: [String] = [], timeout: Duration = .seconds(120),
        at location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try base(["build", "-t", "bad", recipe] + arguments, timeout: timeout)
        #expect(outcome.code == 2, "\(outcome)", sourceLocation: location)
        #expect(outcome.output == "", sourceLocation: location)
        mirror.server.heal()
        try publish(Self.packages)
        let good = try self.recipe("packages: [app]", name: "good.yaml")
        let digest = try work.succeed(["base", "build", good], location).result
        #expect(try work.files(digest)["usr/bin/app"]?.text == "app for amd64", sourceLocation: location)
        #expect(try work.run("export", "bad").code == 2, sourceLocation: location)
        let usage = try work.succeed(["cache", "du"], location).output
        #expect(!usage.contains("left behind"), "\(usage)", sourceLocation: location)
        return try error(of: outcome, at: location)
    }

    /// What a run says from its first error on.
    func error(of outcome: Program.Outcome, at location: SourceLocation = #_sourceLocation) throws -> String {
        let start = try #require(outcome.error.firstRange(of: "error: "), "\(outcome)", sourceLocation: location)
        let key = mirror.key.fingerprint
        return String(outcome.error[start.lowerBound...]).replacing(mirror.url, with: "MIRROR").replacing(
            mirror.server.authority, with: "HOST"
        ).replacing(key, with: "FINGERPRINT").replacing(key.suffix(16), with: "KEY")
    }
}

@Suite("recipes that are wrong")
struct RecipeErrorTests {
    @Test("an unknown package is named with its place, and what may have been meant")
    func unknownPackage() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages:", "  - tool", "  - datta")
        let error = try bench.refuse(recipe)
        #expect(
            error == """
                error: there is no package 'datta'
                 --> ./my.yaml:6:5
                6 |   - datta
                  |     ^^^^^
                hint: did you mean 'data'?

                """)
    }

    @Test("relations that can't be met are explained")
    func unsatisfiable() throws {
        let bench = try BaseBench([
            DebFile("app", fields: ["Depends: middle"]), DebFile("middle", fields: ["Depends: lib (>= 3)"]),
            DebFile("lib", version: "2.5-1"),
        ])
        let error = try bench.refuse(try bench.recipe("packages: [app]"))
        #expect(
            error == """
                error: middle needs lib (>= 3), the suite has lib 2.5-1 (bookworm)
                 --> ./my.yaml:4:12
                4 | packages: [app]
                  |            ^^^
                cause: middle is wanted by app 1.0-1, which needs middle
                cause: app is asked for

                """)
    }

    @Test("packages that conflict are both named")
    func conflict() throws {
        let bench = try BaseBench([DebFile("one", fields: ["Conflicts: two (<< 2)"]), DebFile("two")])
        let error = try bench.refuse(try bench.recipe("packages: [one, two]"))
        #expect(
            error == """
                error: one 1.0-1 conflicts with two (<< 2); two 1.0-1 (bookworm) would be there
                 --> ./my.yaml:4:12
                4 | packages: [one, two]
                  |            ^^^
                cause: one is asked for
                cause: two is asked for

                """)
    }

    @Test("versions and suites that are not there are answered with those that are")
    func versions() throws {
        let bench = try BaseBench()
        let version = try bench.refuse(try bench.recipe("packages: [lib=1]"))
        #expect(
            version == """
                error: there is no lib=1 to be had
                 --> ./my.yaml:4:12
                4 | packages: [lib=1]
                  |            ^^^^^
                hint: there is lib 1:2.0-1 (bookworm)

                """)
        let suite = try bench.refuse(try bench.recipe("packages: [lib/bookworm-backports]"))
        #expect(
            suite == """
                error: 'lib' is asked for from 'bookworm-backports', which is not in use
                 --> ./my.yaml:4:12
                4 | packages: [lib/bookworm-backports]
                  |            ^^^^^^^^^^^^^^^^^^^^^^
                hint: add it to 'suites'; in use are bookworm, bookworm-updates, bookworm-security

                """)
    }

    @Test("packages that have one file are both named")
    func sameFile() throws {
        let bench = try BaseBench([
            DebFile("one", members: [.file("usr/bin/x", "1")]), DebFile("two", members: [.file("usr/bin/x", "2")]),
        ])
        let error = try bench.refuse(try bench.recipe("packages: [one, two]"))
        #expect(
            error == """
                error: package 'one' and package 'two' both have /usr/bin/x, and the files differ
                hint: leave one of them out, or slice the file away: slices: [{paths: ["/usr/bin/x"]}]

                """)
    }

    @Test("a package that needs its scripts to run is refused where none run")
    func diversion() throws {
        let script = "#!/bin/sh\ndpkg-divert --package app --rename --add /usr/bin/tool\n"
        let bench = try BaseBench([DebFile("app", controlFiles: [("preinst", script)])])
        let error = try bench.refuse(try bench.recipe("packages: [app]"))
        #expect(
            error == """
                error: the preinst of package 'app' diverts files of other packages: \
                dpkg-divert --package app --rename --add /usr/bin/tool
                hint: say `configure: true`, so that maintainer scripts run, or do without the package

                """)
    }

    @Test("all mistakes of a recipe are shown at once, each with its place")
    func typos() throws {
        let bench = try BaseBench()
        let recipe = try bench.bareRecipe(
            """
            suite: bookworm
            pakages: [app]
            user: "65532:"
            directories:
              - {path: /tmp, mode: "1977"}
              - {path: ../tmp}

            """)
        let outcome = try bench.base("build", recipe)
        #expect(outcome.code == 2)
        #expect(
            outcome.error == """
                error: 'pakages' is not a key of a recipe
                 --> ./my.yaml:2:1
                2 | pakages: [app]
                  | ^^^^^^^
                hint: did you mean 'packages'?
                error: '65532:' is not a user
                 --> ./my.yaml:3:7
                3 | user: "65532:"
                  |       ^^^^^^^^
                hint: write UID, UID:GID, NAME or NAME:GROUP
                error: '1977' is not a file mode
                 --> ./my.yaml:5:24
                5 |   - {path: /tmp, mode: "1977"}
                  |                        ^^^^^^
                hint: write it in octal, such as "0644" or "1777"
                error: '../tmp' is not a path in the image
                 --> ./my.yaml:6:12
                6 |   - {path: ../tmp}
                  |            ^^^^^^
                hint: write an absolute one without '..', such as /etc/motd

                """)
        #expect(bench.mirror.server.requests.isEmpty)
    }

    private static let badRecipes: [BadCase<String>] = [
        .init(
            "no suite", "packages: [app]\n",
            """
            error: no recipe of the chain names a suite
             --> ./my.yaml:1:1
            1 | packages: [app]
              | ^^^^^^^^^^^^^^^
            hint: add a line such as suite: bookworm

            """),
        .init(
            "an unknown base", "extends: statik\n",
            """
            error: there is no base 'statik'
             --> ./my.yaml:1:10
            1 | extends: statik
              |          ^^^^^^
            hint: did you mean 'static'?

            """),
        .init(
            "itself", "extends: my.yaml\n",
            """
            error: recipes extend each other in a circle: DIRECTORY/my.yaml → DIRECTORY/my.yaml
             --> ./my.yaml:1:10
            1 | extends: my.yaml
              |          ^^^^^^^

            """),
        .init(
            "a key twice", "suite: bookworm\nsuite: trixie\n",
            """
            error: 'suite' is given twice, first in line 1
             --> ./my.yaml:2:1
            2 | suite: trixie
              | ^^^^^
            hint: keep one of them

            """),
        .init(
            "no YAML", "suite: [\n",
            """
            error: not valid YAML: did not find expected node content
             --> ./my.yaml:2:1
            2 |\u{20}
              | ^
            cause: while parsing a flow node that starts in line 2

            """),
        .init(
            "nothing", "",
            """
            error: the file holds no value
             --> ./my.yaml:1:1
            1 |\u{20}
              | ^

            """),
        .init(
            "a file elsewhere", "suite: bookworm\npackages: [app]\nfiles: [{path: /x, from: ../etc/passwd}]\n",
            """
            error: '../etc/passwd' is not below the recipe's directory
             --> ./my.yaml:3:26
            3 | files: [{path: /x, from: ../etc/passwd}]
              |                          ^^^^^^^^^^^^^
            hint: move the file beside the recipe

            """),
        .init(
            "a file that is missing", "suite: bookworm\npackages: [app]\nkeyring: nothing.gpg\n",
            """
            error: there is no file 'nothing.gpg' beside the recipe
             --> ./my.yaml:3:10
            3 | keyring: nothing.gpg
              |          ^^^^^^^^^^^

            """),
        .init(
            "configured on unconfigured", "extends: static\nconfigure: true\n",
            """
            error: 'my' configures its packages, but 'static' below it does not
             --> ./my.yaml:2:1
            2 | configure: true
              | ^^^^^^^^^
            hint: extend a base whose packages are configured, such as debian, or say configure: false

            """),
    ]

    @Test("what can't be a recipe is refused, by every command", arguments: badRecipes)
    func recipes(bad: BadCase<String>) throws {
        let work = try Workspace()
        try work.place.file("my.yaml", bad.value)
        for command in ["build", "show", "lock", "update"] {
            let outcome = try work.run("base", command, "./my.yaml")
            #expect(outcome.code == 2)
            #expect(outcome.error.replacing(work.place.path, with: "DIRECTORY") == bad.error)
        }
        let build = try work.build("FROM base:./my.yaml\n")
        #expect(build.code == 2)
        let message = bad.error.split(separator: "\n")[0].replacing("DIRECTORY", with: work.place.path)
        #expect(build.error.contains(message), "\(build.error)")
    }

    @Test("names that are no base's, and arguments that are none")
    func names() throws {
        let work = try Workspace()
        for (name, error) in [
            ("./none.yaml", "error: there is no recipe at ./none.yaml\n"),
            ("statik", "error: there is no base 'statik'\nhint: did you mean 'static'?\n"),
        ] {
            let outcome = try work.run("base", "build", name)
            #expect(outcome.code == 2)
            #expect(outcome.error == error)
        }
        for arguments in [
            [], ["static", "--platfrom", "x"], ["static", "-o", "type=zip,dest=x"], ["static", "more"],
            ["static", "--progress", "loud"],
        ] { #expect(try work.run(["base", "build"] + arguments).code == 64, "\(arguments)") }
        let tag = try work.run("base", "build", "static", "-t", "A:b")
        #expect(tag.code == 2)
        #expect(
            tag.error
                == "error: image name 'A' has upper-case letters\nhint: repository names are lower case: 'a'\n")
        #expect(try work.run("base", "bild", "static").code == 64)
    }
}
