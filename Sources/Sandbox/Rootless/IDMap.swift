private import HostOS

/// The id maps of a user namespace, as the kernel shows them.
enum IDMap {
    /// Whether an id inside has one outside.
    static func contains(_ id: UInt32, in file: String) -> Bool {
        ranges(file).contains { $0.inside <= UInt64(id) && UInt64(id) < $0.inside + $0.count }
    }

    /// Whether this process is in another user namespace than the machine's first.
    static var isNested: Bool {
        let ranges = ranges("/proc/self/uid_map")
        return !(ranges.count == 1 && ranges[0].inside == 0 && ranges[0].outside == 0 && ranges[0].count == 0xffff_ffff)
    }

    static func ranges(_ file: String) -> [(inside: UInt64, outside: UInt64, count: UInt64)] {
        guard let bytes = try? WholeFile.read(file, limit: 1 << 16) else { return [] }
        return bytes.split(separator: 0x0a).compactMap { line in
            let numbers = line.split(separator: 0x20).compactMap { UInt64(String(decoding: $0, as: UTF8.self)) }
            return numbers.count == 3 ? (numbers[0], numbers[1], numbers[2]) : nil
        }
    }
}
