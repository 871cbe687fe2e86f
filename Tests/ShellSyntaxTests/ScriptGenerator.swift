/// Scripts of every construct, from a seed.
struct ScriptGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func number(_ below: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(truncatingIfNeeded: state >> 33) % below
    }

    mutating func one(of choices: [String]) -> String { choices[number(choices.count)] }

    mutating func word(_ depth: Int = 0) -> String {
        switch number(depth > 1 ? 12 : 16) {
        case 0: "$X"
        case 1: "\"$X y\""
        case 2: "'a \"b'"
        case 3: "${X:-a b}"
        case 4: "\"${X%%:*}\""
        case 5: "*.[ch]"
        case 6: "a\\ b"
        case 7: "$'a\\'b'"
        case 8: "{a,b}c"
        case 9: "--flag=x"
        case 10: "$((1 + (2 * $X)))"
        case 11: "file.txt"
        case 12: "$(\(list(depth + 1)))"
        case 13: "\"$(\(list(depth + 1)))\""
        case 14: "`\(one(of: ["ls -l", "a | b", "cat x"]))`"
        default: "${X:-$(\(list(depth + 1)))}"
        }
    }

    mutating func simple(_ depth: Int) -> String {
        var out = number(5) == 0 ? "A=\(word(depth)) " : ""
        out += one(of: ["echo", "apt-get install", "make", "test", "cp -r", "sudo", "export A=b", "true"])
        for _ in 0..<number(4) { out += " " + word(depth) }
        if number(5) == 0 { out += one(of: [" > /dev/null", " 2>&1", " < in", " >> out", " &> log", " <<< x"]) }
        return out
    }

    mutating func command(_ depth: Int) -> String {
        guard depth < 2 else { return simple(depth) }
        switch number(18) {
        case 0: return "( \(list(depth + 1)) )"
        case 1: return "{ \(list(depth + 1)); }"
        case 2: return "if \(list(depth + 1)); then \(list(depth + 1)); fi"
        case 3: return "if \(list(depth + 1))\nthen \(list(depth + 1))\nelif a; then b; else \(list(depth + 1)); fi"
        case 4: return "for i in \(word(depth)) b; do \(list(depth + 1)); done"
        case 5: return "while \(list(depth + 1)); do \(list(depth + 1)); done"
        case 6: return "until \(simple(depth)); do \(list(depth + 1)); done > log"
        case 7: return "case \(word(3)) in a|b) \(list(depth + 1));; (c) ;; *) \(simple(depth)) ;; esac"
        case 8: return "[[ -f \(word(3)) && $X == a* ]]"
        case 9: return "f() { \(list(depth + 1)); }"
        case 10: return "(( X > \(number(9)) ))"
        case 11: return "! \(simple(depth))"
        case 12: return "for ((i = 0; i < 3; i++)); do \(simple(depth)); done"
        default: return simple(depth)
        }
    }

    mutating func list(_ depth: Int) -> String {
        var out = command(depth)
        for _ in 0..<number(3) {
            out += one(of: [" && ", " || ", "; ", " | ", "\n", " \\\n && ", " # note\n", " & "]) + command(depth)
        }
        return out
    }

    /// A script of several lists, now and then with a here-document.
    mutating func script() -> String {
        var out = list(0) + "\n"
        if number(3) == 0 { out += "cat <<EOF > file\nit's $X\nEOF\n" + list(1) + "\n" }
        return out
    }

    /// The same with some bytes taken out, put in or doubled.
    mutating func damaged(_ script: String) -> [UInt8] {
        var bytes = Array(script.utf8)
        let signs = Array("'\"`$(){}[]|&;<>\\\n #=*".utf8)
        for _ in 0...number(3) where !bytes.isEmpty {
            let place = number(bytes.count)
            switch number(3) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(signs[number(signs.count)], at: place)
            default: bytes[place] = signs[number(signs.count)]
            }
        }
        return bytes
    }
}
