import HostOS
import SampanTestSupport
import Testing

/// What init asks a person, on a terminal of its own.
@Suite("the question of sampan init")
struct InitQuestionTests {
    /// Starts a program on a new terminal; when it asks, it gets the next answer.
    private static let driver = #"""
        import json, os, pty, sys

        program, directory, home, answers = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(directory)
            os.execve(program, [program, "init"] + sys.argv[5:], {"SAMPAN_HOME": home, "PATH": "/usr/bin:/bin"})
        output, asked = b"", 0
        while True:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            output += part
            while output.count(b"[Y/n] ") > asked:
                answer = answers[asked] if asked < len(answers) else "\x04"
                asked += 1
                if answer == "hang up":
                    os.close(terminal)
                    break
                if answer == "somebody else":
                    with open(directory + "/Dockerfile", "w") as file:
                        file.write("FROM scratch\n")
                    answer = "y\n"
                os.write(terminal, answer.encode())
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(status if status >= 0 else 128 - status)
        sys.stdout.write(output.decode().replace("\r\n", "\n"))
        """#

    private struct Talk {
        var code: String
        var text: String
        var files: [String]
    }

    private func talk(_ answers: String, _ arguments: [String] = [], _ work: Workspace) throws -> Talk {
        let sample = try InitSample("go-web", work)
        let driver = try work.place.file("driver.py", Self.driver)
        let words = [try Program.find(), sample.directory, work.home, answers] + arguments
        let text = try Shell.run("/usr/bin/python3 '\(driver)' " + words.map { "'\($0)'" }.joined(separator: " "))
        let code = text.prefix { $0 != "\n" }
        let files = try Shell.run("cd '\(sample.directory)' && ls -A | LC_ALL=C sort").split(separator: "\n")
        return Talk(code: String(code), text: String(text.dropFirst(code.count + 1)), files: files.map(String.init))
    }

    private static let written = [".dockerignore", ".github", "Dockerfile", "go.mod", "main.go", "sampan.yaml"]
    private static let before = ["go.mod", "main.go"]
    private static let question = """
        would write Dockerfile
        would write .dockerignore
        would write sampan.yaml
        would write .github/workflows/image.yml
        Write these 4 files? [Y/n] 
        """

    @Test(
        "yes and Enter write",
        arguments: [#"["y\n"]"#, #"["\n"]"#, #"["YES\n"]"#, #"[" y \n"]"#, #"["what?\n", "y\n"]"#])
    func yes(_ answers: String) throws {
        let talk = try talk(answers, [], Workspace("init-question"))
        #expect(talk.code == "0" && talk.files == Self.written, "\(talk)")
        #expect(talk.text.contains(Self.question))
        #expect(talk.text.contains("say y to write, n not to\n") == answers.contains("what"))
        // What was written is told once.
        #expect(
            talk.text.split(separator: "\n").filter { $0.hasSuffix("sampan.yaml") } == [
                "would write sampan.yaml", "wrote sampan.yaml",
            ])
    }

    @Test(
        "no, the end of input and three answers that are none write nothing",
        arguments: [
            #"["n\n"]"#, #"["No\n"]"#, #"["\u0004"]"#, #"["x\n", "y?\n", "\u001b[A\n"]"#, #"["x\n", "\u0004"]"#,
        ])
    func no(_ answers: String) throws {
        let talk = try talk(answers, [], Workspace("init-question"))
        #expect(talk.code == "1" && talk.files == Self.before, "\(talk)")
        #expect(talk.text.hasSuffix("\nnothing was written\n"), "\(talk)")
    }

    @Test(
        "Ctrl-C and a terminal that goes away end it, with nothing written",
        arguments: [("\\u0003", "130"), ("hang up", "129")])
    func away(_ answer: String, _ code: String) throws {
        let talk = try talk("[\"\(answer)\"]", [], Workspace("init-question"))
        #expect(talk.code == code && talk.files == Self.before, "\(talk)")
    }

    @Test("what somebody else writes while the question stands is not overwritten")
    func race() throws {
        let talk = try talk(#"["somebody else"]"#, [], Workspace("init-question"))
        #expect(
            talk.code == "2"
                && talk.files == [Self.before[0], Self.before[1]].reduce(into: ["Dockerfile"]) { $0.append($1) })
        #expect(talk.text.contains("error: the files have changed while the question stood\n"), "\(talk)")
    }

    @Test("with nothing to write nothing is asked, and neither with --yes or --dry-run")
    func unasked() throws {
        let work = try Workspace("init-question")
        #expect(try talk("[]", ["--dry-run"], work).files == Self.before)
        let first = try talk("[]", ["--yes"], work)
        #expect(first.code == "0" && !first.text.contains("[Y/n]") && first.files == Self.written, "\(first)")
        let again = try talk("[]", [], work)
        #expect(again.code == "0" && !again.text.contains("[Y/n]") && again.text.contains("unchanged Dockerfile\n"))
    }

    @Test("nobody is asked where nobody sees the question, or can answer it")
    func nobody() throws {
        let sample = try InitSample("go-web", Workspace("init-question"))
        let program = try Program.find()
        for streams in ["</dev/null", "2>'\(sample.work.place.path("log"))'"] {
            let script = "cd '\(sample.directory)' && SAMPAN_HOME='\(sample.work.home)' '\(program)' init \(streams)"
            let file = try sample.work.place.file("ask.sh", script + "; echo \"code $?\"\n")
            let text = try Shell.run("script -qec 'sh \(file)' /dev/null")
            #expect(text.contains("code 64"), "\(text)")
        }
        #expect(try sample.text("../log").contains("error: nobody is there to be asked\n"))
        #expect(!sample.exists("Dockerfile"))
    }
}
