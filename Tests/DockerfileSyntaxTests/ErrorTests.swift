import Core
import DockerfileSyntax
import Testing

@Suite("errors")
struct ErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        /// Each as `line:column marked | message | hint`.
        var expected: [String]
        init(_ text: String, _ expected: String...) {
            self.text = text
            self.expected = expected
        }
        var testDescription: String { text }
    }

    static let cases: [Case] = [
        Case("", "1:1  | file with no instructions | a Dockerfile starts with FROM"),
        Case("# only\n\n", "1:1  | file with no instructions | a Dockerfile starts with FROM"),
        Case("FROM a\u{0}b", "1:7 \u{0} | the file holds a NUL byte | save it as plain UTF-8 text"),
        Case("ARG a", "1:1 ARG | dockerfile contains no stages to build | add a FROM instruction"),
        Case(
            "RUN a\nFROM b",
            "1:1 RUN | no build stage in current context: RUN comes before the first FROM | only ARG may stand before FROM"
        ),
        Case(
            "FROM a\nRNU b\nCPY c d", "2:1 RNU | unknown instruction: RNU | did you mean 'RUN'?",
            "3:1 CPY | unknown instruction: CPY | did you mean 'COPY'?"),
        Case(
            "FROM a\nRUN x &&\n  apt-get install y",
            "3:3 apt-get | unknown instruction: APT-GET | if it belongs to the line above, end that line with the escape character"
        ),
        Case("FROM a\n\\\n", "2:1 \\ | a line continuation has nothing to continue | remove it"),
        // FROM
        Case("FROM", "1:1 FROM | FROM requires either one or three arguments | write FROM image or FROM image AS name"),
        Case(
            "FROM a b", "1:6 a b | FROM requires either one or three arguments | write FROM image or FROM image AS name"
        ),
        Case(
            "FROM a IS b",
            "1:6 a IS b | FROM requires either one or three arguments | write FROM image or FROM image AS name"),
        Case(
            "FROM a AS 1b",
            "1:11 1b | invalid name for build stage: '1b', name can't start with a number or contain symbols | use letters, digits, - _ and ., starting with a letter"
        ),
        Case(
            "FROM a AS Scratch",
            "1:11 Scratch | 'Scratch' is a reserved name and can't name a build stage | choose another name"),
        Case("FROM --platfrom=x a", "1:6 --platfrom | unknown flag --platfrom for FROM | did you mean '--platform'?"),
        Case(
            "FROM --platform a",
            "1:6 --platform | missing a value on flag --platform | write FROM --platform=VALUE, with ="),
        // Directives
        Case(
            "# escape=x\nFROM a",
            "1:10 x | invalid escape token 'x' does not match ` or \\ | write `# escape=\\` or `# escape=` followed by a backtick"
        ),
        Case(
            "# escape=`\n# ESCAPE=`\nFROM a",
            "2:1 # ESCAPE=` | only one escape parser directive can be used | remove this line"),
        Case(
            "# syntax=other/frontend:1\nFROM a",
            "1:10 other/frontend:1 | the file asks for the frontend 'other/frontend:1', which is not built in | use `# syntax=docker/dockerfile:1`, or remove the line if the file is a plain Dockerfile"
        ),
        // Flags
        Case(
            "FROM a\nCOPY --chown=a --chown=b --form=c --link=x x y",
            "2:16 --chown=b | duplicate flag specified: --chown | give it once",
            "2:26 --form | unknown flag --form for COPY | did you mean '--from'?",
            "2:42 x | expecting boolean value for flag --link, not 'x' | write --link, --link=true or --link=false"),
        Case(
            "FROM a\nCOPY --link= x y", "2:6 --link= | missing a value on flag --link | write COPY --link=VALUE, with ="
        ),
        Case("FROM a\nUSER --x y", "2:6 --x | unknown flag --x for USER | USER takes no flags"),
        Case(
            "FROM a\nRUN --device=gpu x",
            "2:5 --device=gpu | RUN --device is not supported | devices are not passed into builds; do the work that needs one when the container runs"
        ),
        Case(
            "FROM a\nRUN --network=hots x", "2:15 hots | invalid value 'hots' for flag --network | did you mean 'host'?"
        ),
        Case(
            "FROM a\nRUN --security=x y",
            "2:16 x | invalid value 'x' for flag --security | use one of sandbox, insecure"),
        // Arguments
        Case(
            "FROM a\nRUN",
            "2:1 RUN | RUN requires at least one argument | usage: RUN [FLAGS] COMMAND  or  RUN [\"program\", \"argument\"]"
        ),
        Case(
            "FROM a\nRUN []",
            "2:1 RUN | RUN requires at least one argument | usage: RUN [FLAGS] COMMAND  or  RUN [\"program\", \"argument\"]"
        ),
        Case(
            "FROM a\nCMD",
            "2:1 CMD | CMD requires at least one argument | usage: CMD [\"program\", \"argument\"]  or  CMD command"),
        Case("FROM a\nWORKDIR", "2:1 WORKDIR | WORKDIR requires exactly one argument | usage: WORKDIR /path"),
        Case(
            "FROM a\nEXPOSE", "2:1 EXPOSE | EXPOSE requires at least one argument | usage: EXPOSE port[/protocol] ..."),
        Case("FROM a\nENV", "2:1 ENV | ENV requires at least one argument | usage: ENV name=value ..."),
        Case("FROM a\nENV PATH", "2:5 PATH | ENV must have two arguments | write ENV name=value"),
        Case(
            "FROM a\nENV a=b c",
            "2:9 c | can't find = in 'c', which must be of the form name=value | quote a value that has spaces: name=\"a b\""
        ),
        Case("FROM a\nLABEL =b", "2:7 =b | LABEL names can not be blank | write LABEL name=value"),
        Case("FROM a\nARG =b", "2:5 =b | ARG names can not be blank | write ARG name=value"),
        Case(
            "FROM a\nSHELL sh -c",
            "2:7 sh -c | SHELL requires the arguments to be in JSON form | write SHELL [\"executable\", \"parameter\"], with double quotes"
        ),
        Case(
            "FROM a\nSHELL []",
            "2:1 SHELL | SHELL requires at least one argument | usage: SHELL [\"program\", \"argument\"]"),
        Case("FROM a\nVOLUME [\"\"]", "2:9 \"\" | VOLUME specified can not be an empty string | name a directory"),
        Case(
            "FROM a\nCMD [\"a\", 1]",
            "2:11 1 | when using JSON array syntax, arrays must be comprised of strings only | put the element in double quotes"
        ),
        Case(
            "FROM a\nCOPY x",
            "2:6 x | COPY requires at least two arguments, but only one was provided: destination could not be determined | usage: COPY [FLAGS] SOURCE ... DESTINATION  or  COPY [\"source\", \"destination\"]"
        ),
        Case(
            "FROM a\nADD x y z",
            "2:9 z | when using ADD with more than one source file, the destination must be a directory and end with a / | write 'z/'"
        ),
        Case(
            "FROM a\nCOPY --from=$b x y",
            "2:13 $b | 'from' doesn't support variable expansion, define alias stage instead | add `FROM $NAME AS alias` before this stage and use from=alias"
        ),
        Case(
            "FROM a\nCOPY --chmod=u+q --chown=a:b:c x y",
            "2:14 u+q | 'u+q' is not a file mode | write an octal number such as 755, or a symbolic mode such as u+rwX,go-w",
            "2:26 a:b:c | 'a:b:c' is not an owner | write user, user:group or :group, as names or numbers"),
        Case(
            "FROM a\nRUN [       ]",
            "2:1 RUN | RUN requires at least one argument | usage: RUN [FLAGS] COMMAND  or  RUN [\"program\", \"argument\"]"
        ),
        Case(
            "FROM a\nCOPY [1]",
            "2:7 1 | when using JSON array syntax, arrays must be comprised of strings only | put the element in double quotes"
        ),
        // ONBUILD
        Case("FROM a\nONBUILD", "2:1 ONBUILD | ONBUILD requires at least one argument | usage: ONBUILD INSTRUCTION"),
        Case(
            "FROM a\nONBUILD ONBUILD RUN x",
            "2:9 ONBUILD | chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed | write ONBUILD once"),
        Case("FROM a\nONBUILD from x", "2:9 from | FROM isn't allowed as an ONBUILD trigger | "),
        Case("FROM a\nONBUILD RUM x", "2:9 RUM | unknown instruction: RUM | did you mean 'RUN'?"),
        Case("FROM a\nONBUILD COPY --lnk a b", "2:14 --lnk | unknown flag --lnk for COPY | did you mean '--link'?"),
        // HEALTHCHECK
        Case(
            "FROM a\nHEALTHCHECK",
            "2:1 HEALTHCHECK | HEALTHCHECK requires at least one argument | usage: HEALTHCHECK [FLAGS] CMD command  or  HEALTHCHECK NONE"
        ),
        Case("FROM a\nHEALTHCHECK NONE x", "2:18 x | HEALTHCHECK NONE takes no arguments | remove what follows NONE"),
        Case(
            "FROM a\nHEALTHCHECK CMD",
            "2:13 CMD | missing command after HEALTHCHECK CMD | usage: HEALTHCHECK [FLAGS] CMD command  or  HEALTHCHECK NONE"
        ),
        Case(
            "FROM a\nHEALTHCHECK RUN x",
            "2:13 RUN | unknown type 'RUN' in HEALTHCHECK (try CMD) | write HEALTHCHECK CMD command or HEALTHCHECK NONE"
        ),
        Case(
            "FROM a\nHEALTHCHECK --interval=5 --timeout=10us --retries=-1 CMD x",
            "2:24 5 | '5' for --interval is not a duration | write a number with a unit, such as 30s or 1m30s",
            "2:36 10us | interval '10us' for --timeout cannot be less than 1ms | use 1ms or more, or 0 for the default",
            "2:51 -1 | '-1' for --retries is not a count | write a whole number from 0 on"),
        // Here-documents
        Case("FROM a\nRUN <<EOF\nx\n", "2:5 <<EOF | unterminated heredoc | end it with a line that holds only 'EOF'"),
        Case(
            "FROM a\nCOPY x <<EOF\nEOF",
            "2:8 <<EOF | COPY cannot accept a heredoc as a destination | write COPY <<EOF /path/of/file"),
        Case(
            "FROM a\nCOPY [\"<<EOF\", \"/x\"]",
            "2:7 \"<<EOF\" | COPY cannot take a heredoc in the JSON form | write COPY <<EOF /path/of/file"),
        Case(
            "FROM a\nCOPY it's <<EOF /x/",
            "2:8 's <<EOF /x/ | unexpected end of statement while looking for matching single-quote | quote the name on both sides, as in <<\"EOF\""
        ),
    ]

    @Test("an error names its place, what is wrong and what to do", arguments: cases)
    func errors(item: Case) throws {
        let found = parse(item.text).errors.map { error in
            let diagnostic = error.diagnostic
            let place = error.span.map { span in
                let (line, column) = span.file.position(at: span.range.start)
                return "\(line):\(column) \(span.file.text(span.range))"
            }
            return "\(place ?? "") | \(diagnostic.message) | \(diagnostic.hint ?? "")"
        }
        #expect(found == item.expected)
    }

    @Test("all errors are told at once, each under its line")
    func all() {
        #expect(
            rendered("FROM --platfrom=linux/amd64 alpine\nRUN --mount=type=cach,target=/x \\\n    make\nCOPPY a b\n")
                == """
                error: unknown flag --platfrom for FROM
                 --> Dockerfile:1:6
                1 | FROM --platfrom=linux/amd64 alpine
                  |      ^^^^^^^^^^
                hint: did you mean '--platform'?
                error: unsupported mount type 'cach'
                 --> Dockerfile:2:18
                2 | RUN --mount=type=cach,target=/x \\
                  |                  ^^^^
                hint: did you mean 'cache'?
                error: unknown instruction: COPPY
                 --> Dockerfile:4:1
                4 | COPPY a b
                  | ^^^^^
                hint: did you mean 'COPY'?

                """)
    }

    @Test("an error inside a continued line is shown in its own line")
    func continued() {
        #expect(
            rendered("FROM a\nCOPY a \\\n  # comment\n  --link \\\n\tb c\n") == """
                error: when using COPY with more than one source file, the destination must be a directory and end with a /
                 --> Dockerfile:5:4
                5 | \tb c
                  | \t  ^
                hint: write 'c/'

                """)
    }

    @Test("invalid UTF-8 is found at its byte")
    func utf8() {
        let bytes = Array("FROM a\nRUN é ".utf8) + [0xFF] + Array("\n".utf8)
        let result = Dockerfile.parse(SourceFile(name: "Dockerfile", bytes: bytes))
        #expect(result.errors.map(\.kind) == [.invalidUTF8])
        #expect(result.errors[0].span?.range == SourceRange(14, 15))
        #expect(throws: DiagnosticList.self) { try result.get() }
    }

    @Test("a tree with errors holds what could be read")
    func tree() {
        let dockerfile = parse("FROM a AS scratch\nBAD\nRUN ok\nCOPY x\nFROM b\n").dockerfile
        #expect(dockerfile.instructions.count == 5)
        #expect(dockerfile.stages.map(\.statements.count) == [1, 0])
        #expect(dockerfile.instructions[1].keyword == nil)
    }
}
