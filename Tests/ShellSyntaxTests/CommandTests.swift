import ShellSyntax
import Testing

/// `name(arg,arg)` for each command, with how it is tied to the one before.
private func outline(_ text: String) -> [String] {
    ShellScript.parse(text).commands.map { command in
        let sign =
            switch command.before {
            case .edge: ""
            case .and: "&& "
            case .or: "|| "
            case .sequence: "; "
            case .background: "& "
            case .pipe: "| "
            }
        let assignments = command.assignments.map { "\($0.text) " }.joined()
        return "\(sign)\(assignments)\(command.words.map(\.text).joined(separator: " "))"
    }
}

@Suite("Commands of shell scripts")
struct CommandTests {
    @Test(
        "every simple command is found, with what ties it to the one before",
        arguments: [
            ("apt-get update && apt-get install -y curl", ["apt-get update", "&& apt-get install -y curl"]),
            ("a; b & c || d | e", ["a", "; b", "& c", "|| d", "| e"]),
            ("FOO=bar BAZ=\"x y\" make all", ["FOO=bar BAZ=x y make all"]),
            ("if test -f x; then a; else b; fi && c", ["test -f x", "a", "b", "&& c"]),
            ("for i in 1 2; do echo $i; done", ["echo ${i}"]),
            ("while read x; do y; done < f", ["read x", "y"]),
            ("case $x in a|b) one;; *) two; esac", ["one", "two"]),
            ("(cd /a && make) && b", ["cd /a", "&& make", "&& b"]),
            ("{ a; b; }; c", ["a", "; b", "; c"]),
            ("f() { a; }; f", ["a", "; f"]),
            ("function g { a; }\ng", ["a", "; g"]),
            ("echo $(cat x | sort) `ls /tmp`", ["echo $() ${VAR}", "cat x", "| sort", "ls /tmp"]),
            ("x=$(pwd)", ["x=$(pwd) ", "pwd"]),
            ("[[ -f a && b < c ]] && echo y", ["&& echo y"]),
            ("((i++)); a", ["; a"]),
            ("cat <<EOF > f\nrm -rf /\nEOF\nb", ["cat", "; b"]),
            ("diff <(a) <(b)", ["diff  ", "a", "b"]),
            ("a # b && c", ["a"]),
            ("a \\\n  b", ["a b"]),
            ("arr=(a b c); d", ["arr= ", "; d"]),
            ("export A=1 B=(x y)", ["export A=1 B="]),
            ("! grep x y", ["grep x y"]),
            ("coproc sudo a; b", ["sudo a", "; b"]),
            ("coproc C { a; b; }; c", ["a", "; b", "; c"]),
            ("coproc (a)", ["a"]),
            ("coproc", ["coproc"]),
            ("a && ! b", ["a", "&& b"]),
            ("echo {a,b} \"$x\" '$y' \\$z", ["echo  ${x} $y $z"]),
            ("set -o pipefail; curl -fsSL u | sh -s -- -y", ["set -o pipefail", "; curl -fsSL u", "| sh -s -- -y"]),
        ] as [(String, [String])])
    func commands(text: String, expected: [String]) {
        #expect(outline(text) == expected)
        #expect(ShellScript.parse(text).error == nil)
    }

    @Test(
        "text that can't be read gives an error at its place, and the commands before it",
        arguments: [
            ("a && 'b", 5), ("a $(b", 2), ("if a; then b", 0), ("a &&", 4), ("a | ", 4), (") a", 0), ("a `b", 2),
            ("case x in", 0), ("${x", 0), ("f() a", 4),
        ])
    func errors(text: String, offset: Int) {
        #expect(ShellScript.parse(text).error?.offset == offset)
    }

    @Test("nesting has a limit instead of an end of the stack")
    func depth() {
        let text = String(repeating: "$(", count: 100_000)
        #expect(ShellScript.parse(text).error?.kind == .tooDeep)
        #expect(ShellScript.parse(String(repeating: "(", count: 100_000)).error?.kind == .tooDeep)
        #expect(ShellScript.parse(String(repeating: "${x:-", count: 100_000)).error?.kind == .tooDeep)
    }

    @Test("ranges point at the bytes of words, expansions and commands")
    func ranges() throws {
        let script = ShellScript.parse("echo \"$HOME/${x:-$y}\" && ls")
        let command = try #require(script.commands.first)
        #expect(script.source(command.range) == "echo \"$HOME/${x:-$y}\"")
        #expect(script.source(command.words[1].range) == "\"$HOME/${x:-$y}\"")
        #expect(command.words[1].variables.map { script.source($0.range) } == ["$HOME", "${x:-$y}", "$y"])
        #expect(command.words[1].variables.map(\.name) == ["HOME", "x", "y"])
        #expect(command.words[1].variables.map(\.hasDefault) == [false, true, false])
        #expect(command.words[1].variables.allSatisfy { $0.isQuoted })
        #expect(command.after == .and)
    }
}
