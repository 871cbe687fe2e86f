// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
internal import Core

/// Dates as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
    /// Seconds since 1970; nil for anything but the preferred form.
    package static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT" else { return nil }
        guard let day = number(parts[1]), let month = CivilDate.months.firstIndex(of: String(parts[2])),
            parts[3].utf8.count == 4,
            let year = number(parts[3])
        else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false).map(number)
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2] else { return nil }
        guard (1...31).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
        let date = CivilDate(year: year, month: Int64(month) + 1, day: day)
        return date.daysSince1970 * 86400 + hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: Substring) -> Int64? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int64(text)
    }
}
