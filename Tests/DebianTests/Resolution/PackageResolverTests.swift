import Core
import Debian
import Inventory
import Testing

@Suite struct PackageResolverTests {
    @Test("dependencies come along, before what needs them")
    func closure() throws {
        let resolution = Resolution(main: "app 1; Depends: b, a\na 1; Depends: c\nb 1; Pre-Depends: c\nc 1\nother 1")
        #expect(try resolution.names("app") == "c a b app")
        #expect(try resolution.names("c", "a") == "c a")
        #expect(try resolution.names("app", "app") == "c a b app")
        #expect(try resolution.names() == "")
    }

    @Test(
        "versions meet relations of all five operators",
        arguments: [
            ("<< 2", "=1.9"), ("<= 2", "=2"), ("= 1.9", "=1.9"), (">= 2", "=2.1"), (">> 2", "=2.1"), (">> 1.9", "=2.1"),
        ])
    func operators(_ constraint: String, _ chosen: String) throws {
        let resolution = Resolution(main: "app 1; Depends: lib (\(constraint))\nlib 2.1\nlib 1.9\nlib 2")
        #expect(try resolution.names("app") == "lib\(chosen) app")
    }

    @Test("the highest version wins, from whatever suite")
    func highest() throws {
        let resolution = Resolution(
            main: "lib 1.10\napp 1; Depends: lib",
            suites: [("bookworm-security", "lib 1.9"), ("bookworm-updates", "lib 1.11")])
        let found = try resolution.resolve("app")
        #expect(found.map(\.version.text) == ["1.11", "1"])
        #expect(found[0].suite == "bookworm-updates")
    }

    @Test("of equal versions the earlier index's is taken")
    func equalVersions() throws {
        let resolution = Resolution(main: "lib 1", suites: [("bookworm-updates", "lib 1")])
        #expect(try resolution.resolve("lib").map(\.suite) == ["bookworm"])
        #expect(try resolution.resolve("lib/bookworm-updates").map(\.suite) == ["bookworm-updates"])
    }

    @Test("a lower version is taken where the highest can't be")
    func lowerVersion() throws {
        let resolution = Resolution(
            main: "lib 1\napp 1; Depends: lib", suites: [("bookworm-updates", "lib 2; Depends: gone")])
        #expect(try resolution.names("app") == "lib app")
    }

    @Test("a version or a suite can be asked for")
    func asked() throws {
        let resolution = Resolution(
            main: "lib 2\nlib 1.5\napp 1; Depends: lib", suites: [("bookworm-updates", "lib 3")])
        #expect(try resolution.names("app", "lib=1.5") == "lib=1.5 app")
        #expect(try resolution.names("app", "lib/bookworm") == "lib=2 app")
        #expect(try resolution.names("app") == "lib=3 app")
    }

    // MARK: Manual suites

    @Test("manual suites are used when asked for, or when nothing else has the package")
    func manual() throws {
        let resolution = Resolution(
            main: "lib 1\napp 1; Depends: lib", suites: [("bookworm-backports", "lib 2\nonly 2\ntop 2; Depends: only")])
        #expect(try resolution.names("app") == "lib app")
        #expect(try resolution.names("app", "lib/bookworm-backports") == "lib=2 app")
        #expect(try resolution.names("app", "lib=2") == "lib=2 app")
        #expect(try resolution.names("top") == "only=2 top=2")
    }

    @Test("what a package of a manual suite needs comes from there too, if nothing else has it")
    func manualClosure() throws {
        let resolution = Resolution(
            main: "go 1; Depends: go-src (= 1)\ngo-src 1\nlibc 1\nuser 1; Depends: go-src",
            suites: [("bookworm-backports", "go 2; Depends: go-src (>= 2), libc\ngo-src 2; Depends: libc\nlibc 2")])
        #expect(try resolution.names("go/bookworm-backports", "user") == "libc go-src=2 go=2 user")
        #expect(try resolution.names("go") == "go-src go")
    }

    @Test("a dependency that only a manual suite meets says how to ask for it")
    func manualHint() throws {
        let resolution = Resolution(
            main: "lib 1\napp 1; Depends: lib (>= 2)", suites: [("bookworm-backports", "lib 2")])
        #expect(
            try resolution.failure("app") == """
                error: app needs lib (>= 2), the suite has lib 1 (bookworm)
                cause: app is asked for
                hint: bookworm-backports has lib 2: ask for 'lib/bookworm-backports'

                """)
    }

    // MARK: Alternatives and provisions

    @Test(
        "of alternatives one that is there is taken, else the first that can be",
        arguments: [
            (["app"], "a app"), (["app", "b"], "b app"), (["c", "app"], "c app"), (["app2"], "b app2"),
            (["app3"], "c app3"),
        ])
    func alternatives(_ asked: [String], _ expected: String) throws {
        let main = """
            app 1; Depends: a | b | c
            app2 1; Depends: gone | stuck | b
            app3 1; Depends: stuck | c
            a 1
            b 1
            c 1
            stuck 1; Depends: gone
            """
        #expect(
            Set(try Resolution(main: main).resolve(asked.map(Resolution.request)).map(\.name))
                == Set(expected.split(separator: " ").map(String.init)))
    }

    @Test("a package meets its name before others that provide it, and more important ones before others")
    func providers() throws {
        let main = """
            app 1; Depends: mail
            z-mail 1; Provides: mail; Priority: important
            a-mail 1; Provides: mail
            tool 1; Depends: awk
            awk 1
            other-awk 1; Provides: awk; Priority: required
            tied 1; Depends: web
            web-b 1; Provides: web
            web-a 1; Provides: web
            """
        let resolution = Resolution(main: main)
        #expect(try resolution.names("app") == "z-mail app")
        #expect(try resolution.names("app", "a-mail") == "a-mail app")
        #expect(try resolution.names("tool") == "awk tool")
        #expect(try resolution.names("tool", "other-awk") == "other-awk tool")
        #expect(try resolution.names("tied") == "web-a tied")
    }

    @Test("a version is met by provisions that have one")
    func versionedProvisions() throws {
        let main = """
            app 1; Depends: api (>= 2)
            none 1; Provides: api
            old 1; Provides: api (= 1)
            new 1; Provides: api (= 2.5)
            """
        #expect(try Resolution(main: main).names("app") == "new app")
        let lacking = Resolution(main: "app 1; Depends: api (>= 3)\nnew 9; Provides: api (= 2.5)")
        #expect(try lacking.failure("app").hasPrefix("error: app needs api (>= 3), the suite has new 9 (bookworm)"))
    }

    @Test("a package may meet its own dependency by what it provides")
    func ownProvision() throws {
        #expect(try Resolution(main: "app 1; Depends: api; Provides: api\nb 1; Provides: api").names("app") == "app")
    }

    @Test("a virtual name can be asked for when one package provides it, or one that does is there")
    func virtualRequests() throws {
        let resolution = Resolution(main: "a 1; Provides: v, w\nb 1; Provides: w")
        #expect(try resolution.names("v") == "a")
        #expect(try resolution.names("w", "b") == "b")
        #expect(
            try resolution.failure("w") == """
                error: 'w' is no package, others provide it
                hint: ask for one of a, b

                """)
    }

    // MARK: Conflicts

    @Test(
        "conflicts and breaks are kept clear of",
        arguments: [
            ("Conflicts: b", "c"), ("Breaks: b", "c"), ("Conflicts: b (<< 2)", "c"), ("Breaks: b (<< 1)", "b"),
            ("Conflicts: virtual", "c"), ("Breaks: virtual (<= 7)", "c"), ("Breaks: virtual (<< 7)", "b"),
            ("Conflicts: unversioned (= 1)", "b"), ("Conflicts: unversioned", "c"), ("Conflicts: b:any", "c"),
            ("Conflicts: b:amd64", "c"), ("Conflicts: b:i386", "b"), ("Conflicts: gone", "b"),
        ])
    func conflicts(_ field: String, _ chosen: String) throws {
        let main = "app 1; Depends: b | c; \(field)\nb 1; Provides: virtual (= 7), unversioned\nc 1"
        #expect(try Resolution(main: main).names("app") == "\(chosen) app")
    }

    @Test("a package does not conflict with what it provides itself")
    func selfConflict() throws {
        let main = "a 1; Provides: mta; Conflicts: mta, a\nb 1; Provides: mta; Conflicts: mta\napp 1; Depends: mta"
        let resolution = Resolution(main: main)
        #expect(try resolution.names("app") == "a app")
        #expect(try resolution.names("app", "b") == "b app")
        #expect(
            try resolution.failure("a", "b") == """
                error: a 1 conflicts with mta, which b provides; b 1 (bookworm) would be there
                cause: a is asked for
                cause: b is asked for

                """)
    }

    @Test("the search goes back over choices that a later conflict makes wrong")
    func backtracking() throws {
        let main = """
            app 1; Depends: x1 | y1, x2 | y2, x3 | y3, last
            x1 1
            x2 1
            x3 1; Depends: deep
            deep 1; Depends: deeper
            deeper 1; Conflicts: x1
            y1 1
            y2 1
            y3 1; Depends: gone
            last 1; Conflicts: x2
            """
        #expect(
            Set(try Resolution(main: main).resolve("app").map(\.name))
                == ["app", "y1", "y2", "x3", "deep", "deeper", "last"])
    }

    @Test("choices that have nothing to do with a conflict are not all tried")
    func bounded() throws {
        // Sixty free choices before one that can't be met: 2^60 combinations.
        var main = "app 1; Depends: " + (0..<60).map { "a\($0) | b\($0)" }.joined(separator: ", ") + ", p | q\n"
        main += (0..<60).map { "a\($0) 1\nb\($0) 1" }.joined(separator: "\n")
        main += "\np 1; Depends: r | s\nq 1; Depends: r | s\nr 1; Conflicts: app\ns 1; Conflicts: app"
        let text = try Resolution(main: main).failure("app")
        #expect(text.contains("conflicts with app"))
    }

    // MARK: Architectures

    @Test(
        "architecture qualifiers are kept to",
        arguments: [
            ("b", true), ("b:native", true), ("b:amd64", true), ("b:arm64", false), ("b:any", false), ("m:any", true),
            ("m", true), ("all", true), ("all:amd64", true), ("foreign", true), ("strange", false), ("v:any", false),
            ("w:any", true),
        ])
    func architectures(_ relation: String, _ isMet: Bool) throws {
        let main = """
            app 1; Depends: \(relation)
            b 1; Provides: v
            m 1; Multi-Arch: allowed; Provides: w
            all 1; Architecture: all
            foreign 1; Multi-Arch: foreign
            strange 1; Architecture: arm64
            """
        #expect(try Resolution(main: main).failure("app").hasPrefix("resolved") == isMet)
    }

    // MARK: What comes along

    @Test("essential and required packages come along when asked, with what they need, first")
    func essential() throws {
        let main = """
            app 1; Depends: aaa
            aaa 1
            bash 1; Essential: yes; Depends: libc
            libc 1
            tool 1; Priority: required
            was 1; Essential: yes
            """
        var resolution = Resolution(main: main, suites: [("bookworm-updates", "was 2")])
        #expect(try resolution.names("app") == "aaa app")
        resolution.essential = true
        #expect(try resolution.names("app") == "libc bash aaa app tool")
        resolution.without = ["tool"]
        #expect(try resolution.names("app") == "libc bash aaa app")
    }

    @Test("recommended packages come along when asked, where they can")
    func recommends() throws {
        let main = """
            app 1; Recommends: nice, gone, broken, against | instead; Conflicts: against
            nice 1; Depends: more; Recommends: nicer
            more 1
            nicer 1
            broken 1; Depends: gone
            against 1
            instead 1
            """
        var resolution = Resolution(main: main)
        #expect(try resolution.names("app") == "app")
        resolution.recommends = true
        #expect(Set(try resolution.resolve("app").map(\.name)) == ["app", "nice", "more", "nicer", "instead"])
        resolution.without = ["nice"]
        #expect(Set(try resolution.resolve("app").map(\.name)) == ["app", "instead"])
    }

    @Test("dependencies on names to do without are dropped, and these are not taken for others")
    func without() throws {
        let main = """
            tzdata 1; Depends: debconf (>= 0.5) | debconf-2.0
            debconf 1; Provides: debconf-2.0
            cdebconf 1; Provides: debconf-2.0
            base 1; Pre-Depends: awk; Depends: lib
            mawk 1; Provides: awk
            gawk 1; Provides: awk
            lib 1
            """
        #expect(try Resolution(main: main).names("tzdata", "base") == "gawk lib base debconf tzdata")
        #expect(try Resolution(main: main, without: ["debconf", "awk"]).names("tzdata", "base") == "lib base tzdata")
        #expect(try Resolution(main: main, without: ["gawk"]).names("base") == "mawk lib base")
        #expect(try Resolution(main: main, without: ["awk", "gawk"]).names("base", "gawk") == "lib base gawk")
    }

    @Test("lower levels satisfy, stay, and are no part of the result")
    func installed() throws {
        let main =
            "app 1; Depends: lib (>= 1), api\nlib 1; Depends: gone\nnew 1; Conflicts: lib\nother 1; Provides: api"
        var resolution = Resolution(main: main, installed: ["lib"])
        resolution.lower = "old 1; Provides: api; Breaks: bad"
        #expect(try resolution.names("app", "lib") == "app")
        #expect(
            try resolution.failure("new") == """
                error: new 1 conflicts with lib; lib 1 (bookworm) would be there
                cause: new is asked for
                cause: lib 1 (bookworm) is there from a lower level

                """)
        resolution.main += "\nbad 1"
        #expect(try resolution.failure("bad").hasPrefix("error: old 1 breaks bad; bad 1 (bookworm) would be there\n"))
    }

    @Test("a lower level's package is not replaced by a newer one")
    func installedStays() throws {
        var resolution = Resolution(main: "lib 2\napp 1; Depends: lib (>= 2)\nfine 1; Depends: lib")
        resolution.lower = "lib 1"
        #expect(try resolution.names("fine") == "fine")
        #expect(
            try resolution.failure("app").hasPrefix("error: app needs lib (>= 2), the suite has lib 1 (lower)"))
        #expect(
            try resolution.failure("lib=2") == """
                error: there is no lib=2 to be had
                cause: a lower level has lib 1 (lower), which stays as it is
                hint: there is lib 1 (lower), 2 (bookworm)

                """)
    }

    @Test("the same request gives the same answer, whatever the order of the index")
    func deterministic() throws {
        let lines = ["app 1; Depends: v, a | b", "x 1; Provides: v", "y 1; Provides: v", "a 1; Depends: x | y", "b 1"]
        let first = try Resolution(main: lines.joined(separator: "\n")).names("app")
        #expect(try Resolution(main: lines.reversed().joined(separator: "\n")).names("app") == first)
    }
}
