// https://pkg.go.dev/github.com/docker/go-units#RAMInBytes

/// Sizes as people write them: `64m`, `1.5GiB`, `1024`; the prefixes are powers of 1024.
package enum ByteSize {
    /// Bytes; nil when the text is no size.
    package static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        var suffix = text[digits.endIndex...]
        if suffix.first == " " { suffix = suffix.dropFirst() }
        guard let number = Double(String(digits)), digits.first != "." else { return nil }
        let factor: Double
        switch suffix.lowercased() {
        case "", "b": factor = 1
        case "k", "kb", "kib": factor = 0x1p10
        case "m", "mb", "mib": factor = 0x1p20
        case "g", "gb", "gib": factor = 0x1p30
        case "t", "tb", "tib": factor = 0x1p40
        case "p", "pb", "pib": factor = 0x1p50
        default: return nil
        }
        let bytes = number * factor
        guard bytes.isFinite, bytes < 0x1p62 else { return nil }
        return Int64(bytes)
    }
}
