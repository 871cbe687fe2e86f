/// Sizes, shares and times as people write them into a policy.
enum Amount {
    /// Bytes. `kB`, `MB` and `GB` are powers of 1000, as sizes are shown; `KiB`, `MiB` and `GiB` of 1024.
    static func bytes(_ text: String) -> Int64? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text[number.endIndex...].drop { $0 == " " }.lowercased()
        let factors: [String: Double] = [
            "": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12,
            "kib": 0x1p10, "mib": 0x1p20, "gib": 0x1p30, "tib": 0x1p40,
        ]
        guard let factor = factors[unit], let value = decimal(number), value * factor < 0x1p62 else { return nil }
        return Int64((value * factor).rounded())
    }

    static func percent(_ text: String) -> Double? {
        guard text.hasSuffix("%"), let value = decimal(text.dropLast()), value <= 10_000 else { return nil }
        return value
    }

    static func days(_ text: String) -> Int? {
        guard let unit = text.last, let factor = ["d": 1, "w": 7, "y": 365][unit], text.utf8.count <= 6,
            let number = Int(text.dropLast()), number >= 0, text.first != "+"
        else { return nil }
        return number * factor
    }

    private static func decimal(_ text: some StringProtocol) -> Double? {
        guard let first = text.first, first != ".", text.last != ".", text.utf8.count <= 20,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(String(text))
    }
}
