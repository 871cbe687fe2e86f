// https://www.gnu.org/software/make/manual/make.html

/// What a makefile gives away: variables, rules and the programs that they link.
struct Makefile {
    private(set) var variables: [String: String] = [:]
    /// Targets in order, with what they depend on and the lines of their recipes.
    private(set) var rules: [(targets: [String], needs: [String], recipe: [String])] = []

    init(_ text: String) {
        var lines: [String] = []
        var pending = ""
        for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = raw.hasSuffix("\r") ? raw.dropLast() : raw
            if line.hasSuffix("\\") {
                pending += line.dropLast() + " "
            } else {
                lines.append(pending + line)
                pending = ""
            }
        }
        lines.append(pending)
        for line in lines { take(line) }
    }

    private mutating func take(_ line: String) {
        if line.hasPrefix("\t") {
            if let last = rules.indices.last { rules[last].recipe.append(Words.trimmed(line)) }
            return
        }
        let code = Words.trimmed(line.prefix { $0 != "#" })
        guard !code.isEmpty else { return }
        if let equals = code.firstIndex(of: "=") {
            var name = code[..<equals]
            // `target: NAME = value` and `NAME != command` are neither.
            let mark = name.last
            if let mark, ":?+".contains(mark) { name = name.dropLast() }
            while name.hasSuffix(":") { name = name.dropLast() }
            let key = Words.trimmed(name)
            if mark != "!", !key.isEmpty, !key.contains(":"), Words.split(key).count == 1 {
                let value = Words.trimmed(code[code.index(after: equals)...])
                if mark == "+", let old = variables[key] {
                    variables[key] = old + " " + value
                } else if mark != "?" || variables[key] == nil {
                    variables[key] = value
                }
                return
            }
        }
        guard let colon = code.firstIndex(of: ":") else { return }
        let rest = code[code.index(after: colon)...]
        let needs = rest.prefix { $0 != ";" && $0 != "|" }
        var recipe: [String] = []
        if let semicolon = rest.firstIndex(of: ";") {
            recipe.append(Words.trimmed(rest[rest.index(after: semicolon)...]))
        }
        rules.append((Words.split(expand(String(code[..<colon]))), Words.split(expand(String(needs))), recipe))
    }

    /// Replaces `$(NAME)`, `${NAME}` by what they were set to; what is unknown becomes nothing.
    func expand(_ text: String, target: String = "", depth: Int = 0) -> String {
        guard text.contains("$"), depth < 8 else { return text }
        var out = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            out += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            guard let next = rest.first else { break }
            if next == "(" || next == "{" {
                let close: Character = next == "(" ? ")" : "}"
                guard let end = rest.firstIndex(of: close) else { break }
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                if let value = variables[name], out.utf8.count < 100_000 { out += expand(value, depth: depth + 1) }
                rest = rest[rest.index(after: end)...]
            } else {
                if next == "@" { out += target }
                rest = rest.dropFirst()
            }
        }
        return out + rest
    }

    /// All words of the file, variables expanded.
    var words: [String] {
        variables.sorted { $0.key < $1.key }.flatMap { Words.split(expand($0.value)) }
            + rules.flatMap { $0.recipe.flatMap { Words.split(expand($0)) } }
    }

    func rule(_ target: String) -> (targets: [String], needs: [String], recipe: [String])? {
        rules.first { $0.targets.contains(target) }
    }

    /// The programs that rules link, in order.
    var programs: [String] {
        var out: [String] = []
        func add(_ name: String) {
            let plain = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
            let isPart =
                [".o", ".a", ".so", ".d", ".lo", ".la", ".obj", ".gch"].contains { plain.hasSuffix($0) }
                || plain.contains(".so.")
            if !isPart, Words.isPlain(plain), !plain.hasPrefix("/"), !plain.hasPrefix("-"), !plain.hasPrefix("."),
                !out.contains(plain)
            {
                out.append(plain)
            }
        }
        for rule in rules where rule.targets.first?.contains("%") == false {
            var isLinked = false
            for line in rule.recipe {
                let words = Words.split(expand(line, target: rule.targets[0]))
                guard !words.contains("-c"), let option = words.firstIndex(of: "-o"), option + 1 < words.count else {
                    continue
                }
                add(words[option + 1])
                isLinked = true
            }
            // Make links `prog: prog.o` itself.
            if !isLinked, rule.recipe.isEmpty, let target = rule.targets.first,
                rule.needs.contains(where: { $0 == target + ".o" || $0 == target + ".c" })
            {
                add(target)
            }
        }
        for name in ["TARGET", "PROGRAM", "PROG", "BIN", "EXE", "BINARY"] where out.isEmpty {
            for word in Words.split(expand(variables[name] ?? "")) { add(word) }
        }
        return out
    }
}
