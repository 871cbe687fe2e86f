import Core
import DockerfileSyntax
import Testing

@Suite("expansion")
struct ExpansionTests {
    static let variables = [
        "name": "value", "empty": "", "path": "/usr/local/bin/app.tar.gz", "spaces": "  a b  ", "star": "a*b",
        "uml": "äöü☺x", "lines": "a\nb",
    ]

    static func expand(_ text: String, _ options: WordExpander.Options = []) throws -> String {
        try WordExpander(options: options).process(text) { variables[$0] }.text
    }

    @Test(
        "every modifier gives what a shell gives",
        arguments: [
            ("$name", "value"), ("${name}", "value"), ("$unset", ""), ("${unset}", ""), ("$name/$empty", "value/"),
            ("${unset:-word}", "word"), ("${empty:-word}", "word"), ("${name:-word}", "value"),
            ("${unset-word}", "word"), ("${empty-word}", ""), ("${name-word}", "value"),
            ("${unset:+word}", ""), ("${empty:+word}", ""), ("${name:+word}", "word"),
            ("${unset+word}", ""), ("${empty+word}", "word"), ("${name+word}", "word"),
            ("${name:?no}", "value"), ("${name?no}", "value"), ("${empty?no}", ""),
            ("${path#*/}", "usr/local/bin/app.tar.gz"), ("${path##*/}", "app.tar.gz"),
            ("${path%.*}", "/usr/local/bin/app.tar"),
            ("${path%%.*}", "/usr/local/bin/app"), ("${path#nothing}", "/usr/local/bin/app.tar.gz"),
            ("${path#/?sr}", "/local/bin/app.tar.gz"), ("${path%??}", "/usr/local/bin/app.tar."),
            ("${star#a\\*}", "b"), ("${star%\\*b}", "a"), ("${unset#x}", ""), ("${name#}", "value"),
            ("${uml#?}", "öü☺x"), ("${uml%☺?}", "äöü"), ("${uml%??}", "äöü"), ("${uml##*?}", ""),
            ("${lines#*b}", "a\nb"),
            ("${path/usr/opt}", "/opt/local/bin/app.tar.gz"), ("${path//a/A}", "/usr/locAl/bin/App.tAr.gz"),
            ("${path/l*l/x}", "/usr/x/bin/app.tar.gz"), ("${path/none/x}", "/usr/local/bin/app.tar.gz"),
            ("${path//\\//_}", "_usr_local_bin_app.tar.gz"), ("${name//?/x}", "xxxxx"), ("${name/#/x}", "value"),
            ("${path/.tar.gz/}", "/usr/local/bin/app"), ("${unset/a/b}", ""), ("${uml//?/.}", "....."),
            ("${unset:-${name}}", "value"), ("${unset:-${none:-${name:+deep}}}", "deep"),
            ("${unset:-$name-x}", "value-x"),
            ("${unset:-a b}", "a b"), ("${unset:-\"a b\"}", "a b"), ("${unset:-'$name'}", "$name"),
            ("${unset:-a\\}b}", "a}b"),
            ("\\$name", "$name"), ("'$name'", "$name"), ("\"$name\"", "value"), ("\"\\$name\"", "$name"),
            ("a\\ b", "a b"),
            ("$", "$"), ("$$", ""), ("a$/b", "a$/b"), ("$1a", "a"), ("%name%", "%name%"),
        ])
    func modifiers(input: String, expected: String) throws {
        #expect(try Self.expand(input) == expected)
    }

    @Test(
        "a faulty substitution says what is wrong and where",
        arguments: [
            ("a${name", ExpansionError.Kind.missingBrace, 1..<7), ("a${", .missingBrace, 1..<3),
            ("${}", .badSubstitution, 0..<3),
            ("x${:-a}", .badSubstitution, 1..<4), ("${name=x}", .unsupportedModifier("="), 0..<7),
            ("${name:=x}", .unsupportedModifier(":="), 0..<8), ("${name:/a/b}", .unsupportedModifier(":/"), 0..<8),
            ("${n.m}", .unsupportedModifier("."), 0..<4), ("${name/a}", .missingSlash, 0..<9),
            ("${unset:?}", .unset(name: "unset", message: ""), 0..<10),
            ("${unset?give one}", .unset(name: "unset", message: "give one"), 0..<17),
            ("${empty:?x$name}", .empty(name: "empty", message: "xvalue"), 0..<16),
            ("${name#a\\b}", .invalidPattern("a\\b"), 0..<11),
            ("it's", .unmatchedSingleQuote, 2..<4), ("say \"it", .unmatchedDoubleQuote, 4..<7),
        ])
    func errors(input: String, kind: ExpansionError.Kind, range: Range<Int>) {
        let error = #expect(throws: ExpansionError.self) { try Self.expand(input) }
        #expect(error?.kind == kind)
        #expect(error?.range == range)
    }

    @Test("used and missing variables are known")
    func usage() throws {
        let result = try WordExpander().process("$name ${none:-$other} ${empty}") { Self.variables[$0] }
        #expect(result.matched == ["name", "empty"])
        #expect(result.unmatched == ["none", "other"])
    }

    @Test(
        "options keep quotes, escapes and what is unset",
        arguments: [
            ("'a' \"b\"", WordExpander.Options.rawQuotes, "'a' \"b\""), ("a\\ b", .rawEscapes, "a\\ b"),
            ("it's $name \"x\"", .skipQuotes, "it's value \"x\""),
            ("$none ${none} ${none:-x} $name", .skipUnset, "$none ${none} ${none:-x} value"),
        ])
    func options(input: String, options: WordExpander.Options, expected: String) throws {
        #expect(try Self.expand(input, options) == expected)
    }

    @Test("with a backtick for escapes a backslash is a letter")
    func backtick() throws {
        let expander = WordExpander(escape: UInt8(ascii: "`"))
        #expect(try expander.process("c:\\x `$name \"`\"\"", lookup: { _ in nil }).text == "c:\\x $name \"")
    }

    @Test("words split where no quote holds them")
    func words() throws {
        let result = try WordExpander().process("$spaces'c d' \"$spaces\" e\\ f") { Self.variables[$0] }
        #expect(result.words == ["a", "b", "c d", "  a b  ", "e f"])
    }

    @Test("a hostile substitution ends")
    func hostile() throws {
        let nested = String(repeating: "${a:-", count: 100_000)
        let error = #expect(throws: ExpansionError.self) { try Self.expand(nested) }
        #expect(error?.kind == .nestedTooDeeply)
        let value = String(repeating: "a", count: 60_000)
        let pattern = String(repeating: "*a", count: 2_000) + "b"
        let large = #expect(throws: ExpansionError.self) {
            try WordExpander().process("${x//" + pattern + "/y}") { _ in value }
        }
        #expect(large?.kind == .tooLarge)
    }

    @Test("an error points into the file, past continuations")
    func spans() throws {
        let result = parse("FROM a\nENV A=b \\\n    C=\"x${none?must be set}\"\n")
        let dockerfile = try result.get()
        guard case .env(let pairs) = dockerfile.stages[0].statements[0].command else { return }
        let expander = Expander(escape: dockerfile.escape, source: dockerfile.source) { _ in nil }
        let error = #expect(throws: DockerfileError.self) { try expander.expand(pairs[1].value) }
        #expect(
            error?.diagnostic.description == """
                error: none: must be set
                 --> Dockerfile:3:9
                3 |     C="x${none?must be set}"
                  |         ^^^^^^^^^^^^^^^^^^^
                hint: give it a value with --build-arg none=VALUE, or declare one with ARG or ENV

                """)
    }

    @Test("each instruction says which of its words are expanded")
    func table() throws {
        let text = """
            ARG A=$B
            FROM --platform=$P img:$T AS x
            ENV A=$A
            LABEL $l=$m
            EXPOSE $p 80
            USER $u
            WORKDIR $w
            VOLUME $v
            STOPSIGNAL $s
            COPY --from=x --chown=$c --chmod=$m --exclude=$e $a $b
            ADD --checksum=$k $a b
            RUN --mount=type=cache,target=$t echo $no
            CMD echo $no
            ENTRYPOINT ["$no"]
            SHELL ["$no"]
            HEALTHCHECK CMD $no
            ONBUILD USER $no
            MAINTAINER $no
            """
        let dockerfile = parse(text).dockerfile
        let commands =
            dockerfile.metaArgs.map(\.command) + [.from(dockerfile.stages[0].from)]
            + dockerfile.stages[0].statements.map(\.command)
        let words = commands.map { $0.expandedWords.map(\.text) }
        #expect(
            words == [
                ["A", "$B"], ["$P", "img:$T"], ["A", "$A"], ["$l", "$m"], ["$p", "80"], ["$u"], ["$w"], ["$v"], ["$s"],
                ["$c", "$m", "$e", "$a", "$b"], ["$a", "b", "$k"], ["cache", "$t"], [], [], [], [], [], [],
            ])
        #expect(Keyword.allCases.filter { $0.expansion == .split } == [.expose])
        #expect(Keyword.run.expansion == .none)
    }

    @Test("the builder's own variables are known by name")
    func predefined() {
        #expect(BuildArguments.isProxy("no_proxy") && !BuildArguments.isProxy("No_Proxy"))
        #expect(["TARGETARCH", "HTTP_PROXY", "SOURCE_DATE_EPOCH"].allSatisfy(BuildArguments.isPredefined))
        #expect(!BuildArguments.isPredefined("PATH"))
    }
}
