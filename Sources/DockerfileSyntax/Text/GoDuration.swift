// https://pkg.go.dev/time#ParseDuration

/// Durations as Dockerfiles write them: `30s`, `1h15m`, `1.5s`, `300ms`.
package enum GoDuration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Nanoseconds; nil when the text is no duration or does not fit 64 bits.
    package static func nanoseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        var negative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            negative = sign == "-"
            rest = rest.dropFirst()
        }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let whole = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(whole.count)
            var fraction: Substring = ""
            if rest.first == "." {
                rest = rest.dropFirst()
                fraction = rest.prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(fraction.count)
            }
            if whole.isEmpty, fraction.isEmpty { return nil }
            let name = rest.prefix { $0 != "." && !($0.isASCII && $0.isNumber) }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { $0.name == name })?.nanoseconds else { return nil }
            guard let count = whole.isEmpty ? 0 : Int64(whole) else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            if overflow { return nil }
            var part: Int64 = 0
            var scale = unit
            for digit in fraction {
                guard let value = digit.wholeNumberValue else { return nil }
                scale /= 10
                part += scale * Int64(value)
            }
            let (sum, more) = product.addingReportingOverflow(part)
            let (next, most) = total.addingReportingOverflow(sum)
            if more || most { return nil }
            total = next
        }
        return negative ? -total : total
    }
}
