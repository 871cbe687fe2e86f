import Core
import DockerfileSyntax
import Testing

/// The command of the only statement behind `FROM a`, which must have no errors.
private func command(_ text: String) throws -> Command {
    let dockerfile = try parse("FROM a\n" + text + "\n").get()
    return try #require(dockerfile.stages.first?.statements.first).command
}

@Suite("instructions")
struct InstructionTests {
    @Test("FROM has an image, a platform and a name; stages are found by name and number")
    func from() throws {
        let text = "ARG V=1\nFROM --platform=$BUILDPLATFORM img:$V as Build\nFROM build\nFROM scratch AS b2\n"
        let dockerfile = try parse(text).get()
        #expect(dockerfile.metaArgs.count == 1)
        #expect(dockerfile.stages.map(\.name) == ["build", nil, "b2"])
        #expect(dockerfile.stages[0].from.platform?.text == "$BUILDPLATFORM")
        #expect(dockerfile.stages[0].from.name?.text == "Build")
        #expect(dockerfile.stage(named: "BUILD")?.index == 0)
        #expect(dockerfile.stage(named: "1")?.index == 1)
        #expect(dockerfile.stage(named: "3") == nil)
        #expect(dockerfile.stage(named: "-1") == nil)
    }

    @Test("RUN has a shell form, an exec form and flags")
    func run() throws {
        guard case .run(let shell) = try command("RUN --network=none --security=sandbox  echo  \"a b\" \\\n  && x ")
        else { return }
        #expect(shell.network == .none && shell.security == .sandbox)
        guard case .shell(let text) = shell.line.form else { return }
        #expect(text.text == "echo  \"a b\"   && x")
        guard case .run(let exec) = try command("RUN [\"sh\", \"-c\", \"a \\u00e9 \\ud83d\\ude00\"]"),
            case .exec(let words) = exec.line.form
        else { return }
        #expect(words.map(\.text) == ["sh", "-c", "a é 😀"])
        #expect(exec.network == .default)
    }

    @Test(
        "what is nearly JSON is a shell command",
        arguments: [
            "['a']", "[\"a\",]", "[\"a\"] x", "[\"a\" \"b\"]", "[a]", "[\"a\\x\"]", "[\"a", "[\"\\u12\"]", "[01]",
            "[-]", "[1.]", "[tru]",
            "[{\"a\"}]", "[[1]",
        ])
    func nearlyJSON(text: String) throws {
        guard case .cmd(let line) = try command("CMD " + text), case .shell(let word) = line.form else {
            Issue.record("not the shell form")
            return
        }
        #expect(word.text == text)
    }

    @Test(
        "JSON with anything but strings is an error",
        arguments: ["[1]", "[\"a\", null]", "[[\"a\"]]", "[{\"a\": [true, {}]}]", "[-1.5e+3, \"x\"]", "[false]"])
    func notStrings(text: String) {
        #expect(parse("FROM a\nCMD " + text).errors.map(\.kind) == [.notAllStrings])
        #expect(parse("FROM a\nCMD " + text).syntaxErrors.count == 1)
    }

    @Test("CMD and ENTRYPOINT may be an empty list")
    func emptyList() throws {
        guard case .cmd(let cmd) = try command("CMD []"), case .exec(let words) = cmd.form else { return }
        #expect(words.isEmpty)
        guard case .entrypoint(let entry) = try command("ENTRYPOINT [ ]"), case .exec(let none) = entry.form else {
            return
        }
        #expect(none.isEmpty)
    }

    @Test(
        "ENV and LABEL read both forms",
        arguments: [
            ("ENV a b  c ", ["a|b  c"], false),
            ("ENV a=b c=\"d e\" f='g h' i=j\\ k", ["a|b", "c|\"d e\"", "f|'g h'", "i|j\\ k"], true),
            ("LABEL a=b=c", ["a|b=c"], true), ("LABEL \"a b\"=c", ["\"a b\"|c"], true),
            ("ENV a= b=", ["a|", "b|"], true),
            ("LABEL a \"x=y\"", ["a|\"x=y\""], false), ("ENV a\tb", ["a|b"], false),
        ])
    func pairs(text: String, expected: [String], equals: Bool) throws {
        let pairs: [Pair]
        switch try command(text) {
        case .env(let found), .label(let found): pairs = found
        default: pairs = []
        }
        #expect(pairs.map { $0.name.text + "|" + $0.value.text } == expected)
        #expect(pairs.allSatisfy { $0.hasEquals == equals })
    }

    @Test("ARG declares many variables")
    func arg() throws {
        guard case .arg(let entries) = try command("ARG a b=c d=\"e f\" g=") else { return }
        #expect(entries.map(\.name.text) == ["a", "b", "d", "g"])
        #expect(entries.map { $0.value?.text } == [nil, "c", "\"e f\"", ""])
    }

    @Test("COPY and ADD have sources, a destination and flags")
    func transfers() throws {
        let text = "COPY --from=build --chown=1:2 --chmod=u+x --link --parents=false --exclude=*.md --exclude=a b c d/"
        guard case .copy(let copy) = try command(text) else { return }
        #expect(copy.from?.text == "build" && !copy.parents && copy.transfer.link)
        #expect(copy.transfer.chown?.text == "1:2" && copy.transfer.chmod?.text == "u+x")
        #expect(copy.transfer.excludes.map(\.text) == ["*.md", "a"])
        #expect(copy.transfer.destination.text == "d/" && copy.transfer.sources.count == 2)
        guard
            case .add(let add) = try command(
                "ADD --keep-git-dir --unpack=false --checksum=sha256:00 [\"a b\", \"/c d\"]")
        else { return }
        #expect(add.keepGitDir && add.unpack == false && add.checksum?.text == "sha256:00")
        guard case .path(let source) = add.transfer.sources[0] else { return }
        #expect(source.text == "a b" && add.transfer.destination.text == "/c d")
        guard case .add(let plain) = try command("ADD a b") else { return }
        #expect(plain.unpack == nil && !plain.keepGitDir && !plain.transfer.link)
    }

    @Test(
        "several sources go into a directory",
        arguments: [
            "COPY a b .", "COPY a b ..", "COPY a b ./", "COPY a b x/.", "COPY a b $D", "COPY <<A b /\nA",
            "COPY a b \"x/\"", "COPY a b 'x/'",
        ])
    func directories(text: String) throws { _ = try command(text) }

    @Test("the rest have their words")
    func simple() throws {
        guard case .user(let user) = try command("USER a:b"), case .workdir(let workdir) = try command("WORKDIR /a b"),
            case .stopsignal(let signal) = try command("STOPSIGNAL SIGINT"),
            case .shell(let shell) = try command("SHELL [\"a\"]"),
            case .volume(let volume) = try command("VOLUME /a  /b"),
            case .volume(let json) = try command("VOLUME [\" /a \"]"),
            case .expose(let ports) = try command("EXPOSE 80 90-91/udp"),
            case .maintainer(let name) = try command("MAINTAINER a <b>")
        else {
            Issue.record("another command")
            return
        }
        #expect([user, workdir, signal, name].map(\.text) == ["a:b", "/a b", "SIGINT", "a <b>"])
        #expect(
            [shell, volume, json, ports].map { $0.map(\.text) } == [["a"], ["/a", "/b"], ["/a"], ["80", "90-91/udp"]])
    }

    @Test("HEALTHCHECK has a command and times, or none")
    func healthcheck() throws {
        let text =
            "HEALTHCHECK --interval=1m --timeout=5s --start-period=0 --start-interval=1.5s --retries=3 CMD curl x"
        guard case .healthcheck(let check) = try command(text), case .shell(let word) = check.test else { return }
        #expect(word.text == "curl x" && check.interval == 60_000_000_000 && check.timeout == 5_000_000_000)
        #expect(check.startPeriod == 0 && check.startInterval == 1_500_000_000 && check.retries == 3)
        guard case .healthcheck(let exec) = try command("HEALTHCHECK cmd [\"a\", \"b\"]"),
            case .exec(let words) = exec.test
        else { return }
        #expect(words.map(\.text) == ["a", "b"])
        guard case .healthcheck(let none) = try command("HEALTHCHECK NONE"), case .none = none.test else {
            Issue.record("not none")
            return
        }
    }

    @Test("ONBUILD keeps its trigger as text and as an instruction")
    func onbuild() throws {
        guard case .onbuild(let trigger) = try command("onbuild  COPY <<-EOF \\\n  /x\n\thi\n\tEOF"),
            case .copy(let copy) = trigger.trigger.command
        else { return }
        #expect(trigger.expression == "COPY <<-EOF   /x\n\thi\nEOF")
        guard case .heredoc(let heredoc) = copy.transfer.sources[0] else { return }
        #expect(String(decoding: heredoc.content, as: UTF8.self) == "hi\n")
        let again = Dockerfile.parseTriggers(SourceFile(name: "ONBUILD of img", text: trigger.expression))
        #expect(again.errors.isEmpty && again.statements.count == 1)
        let bad = Dockerfile.parseTriggers(SourceFile(name: "ONBUILD of img", text: "FROM x\nONBUILD RUN a\nRUN b"))
        #expect(bad.errors.map(\.kind) == [.forbiddenTrigger("FROM"), .chainedOnbuild] && bad.statements.count == 1)
    }

    @Test("here-documents have a name, a body and a place")
    func heredocs() throws {
        let text = "COPY <<A <<-'B C' 3<<\"D\" /x/\n$a\nA\n\t\tb\n\tc\n\tB C\nD\n"
        guard case .copy(let copy) = try command(text) else { return }
        let found = copy.transfer.sources.compactMap { source -> Heredoc? in
            guard case .heredoc(let heredoc) = source else { return nil }
            return heredoc
        }
        #expect(found.map(\.name) == ["A", "B C", "D"])
        #expect(found.map(\.expand) == [true, false, false])
        #expect(found.map(\.chomp) == [false, true, false])
        #expect(found.map(\.fileDescriptor) == [0, 0, 3])
        #expect(found.map { String(decoding: $0.content, as: UTF8.self) } == ["$a\n", "b\nc\n", ""])
        #expect(found.map { String(decoding: $0.rawContent, as: UTF8.self) } == ["$a\n", "\t\tb\n\tc\n", ""])
        #expect(found.map(\.word.text) == ["<<A", "<<-'B C'", "3<<\"D\""])
        let expander = Expander(escape: 0x5C, source: nil) { _ in "'v'" }
        #expect(try String(decoding: expander.expand(body: found[0]), as: UTF8.self) == "'v'\n")
        #expect(try String(decoding: expander.expand(body: found[1]), as: UTF8.self) == "b\nc\n")
    }

    @Test(
        "what only looks like a here-document is none",
        arguments: [
            "RUN \"<<A\"", "RUN '<<A'", "RUN [\"<<A\"]", "RUN cat <<<A", "RUN a << ", "RUN a <<- B", "USER <<A",
            "RUN it's <<A", "RUN ${x^^} <<A",
            "ENV a=<<A",
        ])
    func noHeredoc(text: String) { #expect(parse("FROM a\n" + text).dockerfile.instructions[1].heredocs.isEmpty) }

    @Test(
        "names of here-documents are read as a shell reads them",
        arguments: [
            ("<<A", "A", true), ("<<eo'f'", "eof", false), ("<<eo\\'f", "eo'f", true), ("<<'e'o\\'f", "eo'f", false),
            ("<<$EOF", "$EOF", true), ("<<  A", "A", true), ("<< -A", "-A", true), ("<<file.txt", "file.txt", true),
            ("<<A>b", "A>b", true),
            ("<<-\"A\"", "A", false), ("<<A;", "A;", true),
        ])
    func heredocNames(word: String, name: String, expand: Bool) throws {
        let dockerfile = try parse("FROM a\nRUN cat " + word + "\n# body\n" + name + "\nRUN b\n").get()
        let heredoc = try #require(dockerfile.instructions[1].heredocs.first)
        #expect(heredoc.name == name && heredoc.expand == expand)
        #expect(String(decoding: heredoc.content, as: UTF8.self) == "# body\n")
        #expect(dockerfile.stages[0].statements.count == 2)
    }
}

@Suite("here-documents of RUN")
struct InvocationTests {
    @Test(
        "a here-document is a script, a file to run, or something for the shell to read",
        arguments: [
            ("RUN [\"a\", \"b c\"]", CommandLine.Invocation.exec(["a", "b c"])), ("RUN a $b", .shell("a $b")),
            ("RUN <<EOF\na\nb\nEOF", .shell("a\nb\n")), ("RUN <<-EOF\n\ta\n\tEOF", .shell("a\n")),
            (
                "RUN <<'p y'\n#!/usr/bin/python3\nx\np y",
                .script(name: "p y", content: Array("#!/usr/bin/python3\nx\n".utf8))
            ),
            ("RUN <<EOF python3\nx\nEOF", .shell("<<EOF python3\nx\nEOF")),
            ("RUN cat <<A <<-B\n1\nA\n\t2\n\tB", .shell("cat <<A <<-B\n1\nA\n\t2\nB")),
        ])
    func invocation(text: String, expected: CommandLine.Invocation) throws {
        guard case .run(let run) = try command(text) else { return }
        #expect(run.line.invocation == expected)
    }
}
