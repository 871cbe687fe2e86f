/// Sizes, times and durations as people read them.
package enum Human {
    /// Bytes with a decimal unit, three digits: `5.29 MB`.
    package static func bytes(_ count: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        if count < 1000 { return "\(count) B" }
        var value = Double(count)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(digits(value)) \(units[unit])"
    }

    /// Seconds: `0.3s`, `12.4s`, `2m05s`.
    package static func seconds(_ duration: Duration) -> String {
        let parts = duration.components
        let total = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        if total >= 60 {
            let seconds = Int(total) % 60
            return "\(Int(total) / 60)m\(seconds < 10 ? "0" : "")\(seconds)s"
        }
        return "\(decimal(total, 1))s"
    }

    /// How long ago a moment was, in its largest unit: `3 hours ago`.
    package static func ago(seconds: Int64) -> String {
        let steps: [(Int64, String)] = [
            (31_536_000, "year"), (2_592_000, "month"), (604_800, "week"), (86400, "day"), (3600, "hour"),
            (60, "minute"),
        ]
        for (size, name) in steps where seconds >= size {
            let count = seconds / size
            return "\(count) \(name)\(count == 1 ? "" : "s") ago"
        }
        return seconds < 5 ? "just now" : "\(seconds) seconds ago"
    }

    private static func digits(_ value: Double) -> String { decimal(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) }

    /// A number rounded to a count of decimals.
    package static func decimal(_ value: Double, _ places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((value * scale).rounded())
        if places == 0 { return String(scaled) }
        let whole = scaled / Int64(scale)
        let rest = String(scaled % Int64(scale))
        return "\(whole)." + String(repeating: "0", count: places - rest.count) + rest
    }
}
