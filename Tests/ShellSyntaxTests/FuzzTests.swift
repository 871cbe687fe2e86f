import Glibc
import ShellSyntax
import Testing

@Suite("Scripts that nobody would write")
struct FuzzTests {
    /// Every range lies in the text, every index names something.
    private static func check(_ text: [UInt8]) {
        let script = ShellScript.parse(text)
        let whole = 0..<text.count
        func holds(_ range: Range<Int>) -> Bool {
            whole.lowerBound <= range.lowerBound && range.upperBound <= whole.upperBound
        }
        var isValid = script.pipes.allSatisfy { whole.contains($0) }
        for command in script.commands {
            isValid = isValid && holds(command.range) && script.scopes.indices.contains(command.scope)
            for word in command.words + command.assignments {
                isValid = isValid && holds(word.range) && word.variables.allSatisfy { holds($0.range) }
            }
            isValid = isValid && command.redirections.allSatisfy { holds($0.range) && holds($0.target.range) }
        }
        for (index, scope) in script.scopes.enumerated() {
            isValid = isValid && holds(scope.range) && (scope.parent ?? -1) < index
        }
        if let error = script.error { isValid = isValid && error.offset <= text.count }
        #expect(isValid, "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }

    @Test("random bytes give commands and errors inside the text", arguments: 0..<8)
    func randomBytes(seed: UInt64) {
        var generator = ScriptGenerator(seed: seed + 1)
        let signs = Array("ab ='\"`$(){}[]|&;<>\\\n#!*?-0123".utf8) + [0, 255, 13, 9]
        for _ in 0..<400 {
            Self.check((0..<generator.number(60)).map { _ in signs[generator.number(signs.count)] })
        }
    }

    @Test("damaged scripts give commands and errors inside the text", arguments: 0..<8)
    func damagedScripts(seed: UInt64) {
        var generator = ScriptGenerator(seed: seed + 101)
        for _ in 0..<60 {
            let script = generator.script()
            Self.check(Array(script.utf8))
            Self.check(generator.damaged(script))
        }
    }

    @Test(
        "time grows with the text, whatever is repeated",
        arguments: [
            "(", "((", "$((", "$(", "`", "\\`", "${x:-", "\"$(", "[[ ( ", "a | ", "a && ", "a;", "{ ", "if a; then ",
            "case a in b) ", "<<E ", "<(", "x=(", "f() { ", "$((1)) ", "((1)); ", "{a,", "@(", "'a' ", "! ", "time ",
            "a\\\n",
            "[ ( a ", "`\\`", "$'", "for ((", "a `b` ", "a $(b) ", "\"${x:-$(a)}\" ", "; ", "&", "# x\n", "=~ ",
            "[[ a =~ (",
        ])
    func linear(piece: String) {
        func seconds(_ count: Int) -> Double {
            let text = Array(String(repeating: piece, count: count / piece.utf8.count).utf8)
            var start = timespec()
            var end = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
            _ = ShellScript.parse(text)
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
            return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
        }
        #expect(seconds(40_000) < 1)
    }
}
