import Core
import Debian
import Testing

@Suite struct ResolutionErrorTests {
    private let main = """
        libfoo 1.4
        app 1; Depends: mid
        mid 1; Depends: libfoo (>= 2)
        tool 1; Depends: libfoo (= 1.4)
        alone 1; Depends: nowhere, app
        """

    @Test("a dependency that nothing meets is explained with the chain to what was asked for")
    func chain() throws {
        #expect(
            try Resolution(main: main).failure("app") == """
                error: mid needs libfoo (>= 2), the suite has libfoo 1.4 (bookworm)
                cause: mid is wanted by app 1, which needs mid
                cause: app is asked for

                """)
        #expect(
            try Resolution(main: main).failure("tool", "alone") == """
                error: alone needs nowhere, which no suite has
                cause: alone is asked for

                """)
    }

    @Test("the place of the request is shown")
    func span() throws {
        let file = SourceFile(name: "base.yaml", text: "packages: [tool, app]\n")
        let request = PackageRequest(name: "app", span: SourceSpan(file, SourceRange(17, 20)))
        do {
            _ = try Resolution(main: main).resolve([PackageRequest(name: "tool"), request])
            Issue.record("resolved")
        } catch {
            #expect(
                Diagnostic(explaining: error).description == """
                    error: mid needs libfoo (>= 2), the suite has libfoo 1.4 (bookworm)
                     --> base.yaml:1:18
                    1 | packages: [tool, app]
                      |                  ^^^
                    cause: mid is wanted by app 1, which needs mid
                    cause: app is asked for

                    """)
        }
    }

    @Test("two versions of one package are explained from both sides")
    func twoVersions() throws {
        let resolution = Resolution(main: "a 1; Depends: lib (= 1)\nb 1; Depends: lib (= 2)\nlib 1\nlib 2")
        let text = try resolution.failure("a", "b")
        #expect(
            text == """
                error: lib is wanted as 1 and as 2
                cause: lib is wanted by a 1, which needs lib (= 1)
                cause: a is asked for
                cause: lib is wanted by b 1, which needs lib (= 2)
                cause: b is asked for

                """)
    }

    @Test("every way that fails is told when there are several")
    func severalWays() throws {
        let main = "app 1; Depends: a | b\na 1; Depends: gone\nb 1; Depends: lost (>= 3)\nlost 2"
        let text = try Resolution(main: main).failure("app")
        #expect(text.contains("a needs gone, which no suite has"))
        #expect(text.contains("b needs lost (>= 3), the suite has lost 2 (bookworm)"))
        #expect(text.contains("a is wanted by app 1, which needs a | b"))
    }

    @Test("an essential package's failure says so")
    func essential() throws {
        let text = try Resolution(main: "base 1; Essential: yes; Depends: gone", essential: true).failure()
        #expect(text == "error: base needs gone, which no suite has\ncause: base is essential\n")
    }

    @Test(
        "a request that means nothing is refused with what was meant",
        arguments: [
            ("libfo", "error: there is no package 'libfo'\nhint: did you mean 'libfoo'?\n"),
            (
                "qqqqqqq",
                "error: there is no package 'qqqqqqq'\nhint: see that the recipe's suites and components have it\n"
            ),
            ("libfoo=2", "error: there is no libfoo=2 to be had\nhint: there is libfoo 1.4 (bookworm)\n"),
            (
                "libfoo/bookwurm",
                "error: 'libfoo' is asked for from 'bookwurm', which is not in use\nhint: did you mean 'bookworm'?\n"
            ),
            (
                "libfoo=1_",
                """
                error: version '1_' may not have '_'
                hint: a version reads [epoch:]upstream[-revision], such as 1:2.3-4

                """
            ),
        ])
    func requests(_ request: String, _ message: String) throws {
        #expect(try Resolution(main: main).failure(request) == message)
    }

    @Test("all wrong requests are told at once")
    func several() throws {
        #expect {
            try Resolution(main: main).resolve("libfo", "app", "tol", "libfoo=7")
        } throws: { error in
            (error as? DiagnosticList)?.diagnostics.map(\.message) == [
                "there is no package 'libfo'", "there is no package 'tol'", "there is no libfoo=7 to be had",
            ]
        }
    }

    @Test("a broken stanza is an error when the resolution needs it, and none when it doesn't")
    func brokenStanza() throws {
        let main = "good 1\nbad 1_\napp 1; Depends: bad"
        #expect(try Resolution(main: main).names("good") == "good")
        #expect {
            try Resolution(main: main).resolve("app")
        } throws: { $0 is PackageIndexError }
    }
}
