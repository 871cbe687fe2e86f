import Core

/// Days as people write them.
enum Day {
    /// `2030-01-31`.
    static func parse(_ text: String) throws(PolicyError) -> CivilDate {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 0x2d || (0x30...0x39).contains($0) }),
            let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]), year >= 1970,
            (1...12).contains(month), (1...31).contains(day)
        else { throw .date(text) }
        let date = CivilDate(year: year, month: month, day: day)
        // The 31st of June is the 1st of July, which nobody means.
        guard CivilDate(daysSince1970: date.daysSince1970) == date else { throw .date(text) }
        return date
    }

    static func text(_ date: CivilDate) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date.year)-\(two(date.month))-\(two(date.day))"
    }

    /// The day of a moment as RFC 3339 writes it; nil for what isn't one, and for the zero that reproducible builds set.
    static func of(moment: String) -> CivilDate? {
        guard let date = try? parse(String(moment.prefix(10))), date.year >= 1980 else { return nil }
        return date
    }
}
