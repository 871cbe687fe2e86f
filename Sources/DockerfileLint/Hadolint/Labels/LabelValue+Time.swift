// https://www.rfc-editor.org/rfc/rfc3339#section-5.6
extension LabelValue {
    /// A date, `T`, a time and a zone; blanks around don't matter.
    static func isTime(_ text: Substring) -> Bool {
        var reader = Reader(rest: Array(text.utf8)[...])
        reader.trim()
        _ = reader.take("-")
        guard let year = reader.year(), reader.take("-"), let month = reader.number(),
            reader.take("-"), let day = reader.number(), (1...12).contains(month), day >= 1,
            day <= days(year, month), reader.take("T") || reader.take("t"), let hour = reader.number(),
            reader.take(":"), let minute = reader.number(), reader.take(":"), let second = reader.number(),
            hour < 24, minute < 60, second < 61
        else { return false }
        if reader.take(".") { reader.skipDigits() }
        if reader.take("Z") || reader.take("z") { return reader.rest.isEmpty }
        guard reader.take("+") || reader.take("-"), reader.number() != nil else { return false }
        _ = reader.take(":")
        return reader.number() != nil && reader.rest.isEmpty
    }

    private static func days(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func trim() {
            while rest.first == 0x20 { rest.removeFirst() }
            while rest.last == 0x20 { rest.removeLast() }
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func skipDigits() {
            while let byte = rest.first, (0x30...0x39).contains(byte) { rest.removeFirst() }
        }

        /// Any number of digits, as a year with the same days.
        mutating func year() -> Int? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { ($0 * 10 + Int($1 - 0x30)) % 400 }
        }

        /// Two digits.
        mutating func number() -> Int? {
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(2)
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
    }
}
