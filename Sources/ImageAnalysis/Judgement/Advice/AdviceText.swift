internal import Core

/// Figures and lists in sentences.
enum AdviceText {
    /// Bytes as people read them, by powers of 1000: `1.2 MB`.
    static func bytes(_ count: Int64) -> String {
        if count < 1000 { return "\(count) B" }
        var (unit, divisor): (String, Int64) = ("kB", 1000)
        for (name, next) in [("MB", Int64(1_000_000)), ("GB", 1_000_000_000)] where count >= next {
            (unit, divisor) = (name, next)
        }
        let tenths = (count / (divisor / 10) + (count % (divisor / 10) >= divisor / 20 ? 1 : 0))
        return tenths >= 1000 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }

    /// A path as one word of a shell.
    static func quoted(_ path: BytePath) -> String { word(path.absolute) }

    /// A text as one word of a shell.
    static func word(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                default: "/._-+:@%,".utf8.contains(byte)
                }
            }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// The topmost of some paths by what is common: all below a path is left out.
    static func topmost(_ paths: [BytePath]) -> [BytePath] {
        var known: Set<BytePath> = []
        let all = Set(paths)
        for path in all {
            var above = path.parent
            var isBelow = false
            while !above.isRoot {
                if all.contains(above) {
                    isBelow = true
                    break
                }
                above = above.parent
            }
            if !isBelow { known.insert(path) }
        }
        return known.sorted()
    }
}
