// https://github.com/npm/node-semver#ranges

/// Which release lines of Node a range takes. A line is taken when some release of it may be: `>=20.5` takes 20.
struct NodeRange {
    /// Of each alternative the lines from and to.
    private let alternatives: [ClosedRange<Int>]

    init(_ text: String) {
        alternatives = text.split(separator: "|").compactMap { Self.lines(String($0)) }
    }

    func accepts(_ major: Int) -> Bool { alternatives.contains { $0.contains(major) } }

    /// The oldest line that is taken; nil when none is.
    var lowest: Int? { alternatives.map(\.lowerBound).min() }

    private static let all = 0...1_000_000

    private static func lines(_ text: String) -> ClosedRange<Int>? {
        var words = Words.split(text)
        // `>= 20` is one comparison, and so is `18 - 20`.
        if words.count == 3, words[1] == "-" { words = [">=" + words[0], "<=" + words[2]] }
        var joined: [String] = []
        for word in words {
            if let last = joined.last, last.allSatisfy({ "<>=^~".contains($0) }) {
                joined[joined.count - 1] = last + word
            } else {
                joined.append(word)
            }
        }
        var out = all
        for word in joined {
            guard let part = comparison(word), part.overlaps(out) else { return nil }
            out = part.clamped(to: out)
        }
        return out
    }

    private static func comparison(_ word: String) -> ClosedRange<Int>? {
        let mark = word.prefix { "<>=^~".contains($0) }
        let number = word.dropFirst(mark.count).drop { $0 == "v" }
        if ["", "*", "x", "X"].contains(number) { return all }
        guard let version = Version(number) else { return nil }
        let isWhole = version.minor == 0 && (version.patch ?? 0) == 0
        switch mark {
        case ">=": return version.major...all.upperBound
        case ">":
            // `>20` means from 21 on, `>20.1.0` some of 20.
            let hasMinor = number.contains(".")
            return (hasMinor ? version.major : version.major + 1)...all.upperBound
        case "<=": return 0...version.major
        case "<":
            let last = isWhole ? version.major - 1 : version.major
            return last < 0 ? nil : 0...last
        case "", "=", "^", "~", "~>": return version.major...version.major
        default: return nil
        }
    }

    /// The line that `.nvmrc` and the like name: `v20.11.1`, `20`, `lts/jod`; nil for `node` and for what is unknown.
    static func pinned(_ text: String) -> Int? {
        let word = Words.split(text.prefix { !$0.isNewline && $0 != "#" }).first ?? ""
        if word.hasPrefix("lts/") {
            // https://github.com/nodejs/Release
            let names = ["hydrogen": 18, "iron": 20, "jod": 22, "krypton": 24]
            return names[String(word.dropFirst(4)).lowercased()]
        }
        // Before Node 18 there was no image on this Debian.
        return Version(word.drop { $0 == "v" }).flatMap { $0.major >= 18 ? $0.major : nil }
    }
}
