// https://pkg.go.dev/fmt, https://pkg.go.dev/time#Duration.String: history texts look as BuildKit's do.

/// Writes values as Go's fmt package would.
package enum GoFormat {
    /// `%q` of a list of strings: `["a" "b"]`.
    package static func quoted(_ list: [String]) -> String { "[" + list.map(quoted).joined(separator: " ") + "]" }

    /// `%q` of a string.
    package static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let hex = String(scalar.value, radix: 16)
                out += "\\x" + (hex.count < 2 ? "0" : "") + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// `%v` of a duration in nanoseconds: `1m30s`, `500ms`, `0s`.
    package static func duration(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let value = nanoseconds.magnitude
        for (unit, size) in [("ns", UInt64(1)), ("µs", 1000), ("ms", 1_000_000)] where value < size * 1000 {
            return sign + fraction(value, size) + unit
        }
        let seconds = value / 1_000_000_000
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        var out = sign
        if hours > 0 { out += "\(hours)h" }
        if hours > 0 || minutes > 0 { out += "\(minutes)m" }
        return out + fraction(value % 60_000_000_000, 1_000_000_000) + "s"
    }

    /// A decimal without trailing zeros.
    private static func fraction(_ value: UInt64, _ size: UInt64) -> String {
        let whole = String(value / size)
        let rest = value % size
        if rest == 0 { return whole }
        let digits = String(String(size + rest).dropFirst())
        let end = digits.lastIndex { $0 != "0" }.map { digits.index(after: $0) } ?? digits.startIndex
        return whole + "." + digits[..<end]
    }
}
