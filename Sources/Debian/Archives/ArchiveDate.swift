// https://wiki.debian.org/DebianRepository/Format#Date.2C_Valid-Until
private import Core

/// Times as archives write them, in seconds since 1970.
enum ArchiveDate {
    /// Reads `Sat, 11 Jul 2026 10:16:37 UTC`, the form of `Release` files; other time zones are refused, as apt does.
    static func release(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), ["UTC", "GMT", "Z", "+0000"].contains(parts[5]),
            let month = CivilDate.months.firstIndex(of: String(parts[2]))
        else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3 else { return nil }
        return seconds([parts[3], "\(month + 1)", parts[1], clock[0], clock[1], clock[2]])
    }

    /// Reads `20250520T000000Z`, the form of snapshots.
    static func snapshot(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        let fields = [0..<4, 4..<6, 6..<8, 9..<11, 11..<13, 13..<15].map { range in
            Substring(decoding: bytes[range], as: UTF8.self)
        }
        return seconds(fields)
    }

    /// The form of `Release` files, for messages.
    static func text(_ seconds: Int64) -> String {
        let (days, rest) = seconds.quotientAndFloorRemainder(by: 86400)
        let date = CivilDate(daysSince1970: days)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(days.quotientAndFloorRemainder(by: 7).1)]
        let clock = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
        return "\(weekday), \(two(date.day)) \(CivilDate.months[Int(date.month) - 1]) \(date.year) \(clock) UTC"
    }

    /// - Parameter fields: year, month, day, hour, minute, second.
    private static func seconds(_ fields: [Substring]) -> Int64? {
        let numbers = fields.compactMap { field -> Int64? in
            guard (1...4).contains(field.utf8.count), field.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                return nil
            }
            return Int64(field)
        }
        guard numbers.count == 6, numbers[0] >= 1970, (1...12).contains(numbers[1]), (1...31).contains(numbers[2]),
            numbers[3] < 24, numbers[4] < 60, numbers[5] <= 60
        else { return nil }
        let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2])
        return date.daysSince1970 * 86400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
    }
}

extension Int64 {
    /// Division that rounds down, with a remainder that is never negative.
    fileprivate func quotientAndFloorRemainder(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
