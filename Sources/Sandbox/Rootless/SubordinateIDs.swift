// subuid(5), subgid(5)
private import Glibc
private import HostOS

/// A range of ids that an ordinary user may use besides its own.
struct SubordinateIDs: Equatable {
    var first: UInt32
    var count: UInt32

    /// The kernel takes 340 ranges for a namespace, one of which is the user's own id.
    private static let most = 339

    /// The ranges of a user, by name or number, the largest first.
    static func of(uid: UInt32, name: String?, in file: String) -> [SubordinateIDs] {
        guard let bytes = try? WholeFile.read(file, limit: 1 << 22) else { return [] }
        return parse(bytes, uid: uid, name: name)
    }

    static func parse(_ bytes: [UInt8], uid: UInt32, name: String?) -> [SubordinateIDs] {
        let owners = [String(uid), name].compactMap { $0 }
        let ranges = bytes.split(separator: 0x0a).compactMap { line -> SubordinateIDs? in
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard fields.count == 3, owners.contains(fields[0]), let first = UInt32(fields[1]),
                let count = UInt32(fields[2]), count > 0, !first.addingReportingOverflow(count).overflow
            else { return nil }
            return SubordinateIDs(first: first, count: count)
        }
        // Equal ones in the order of the file, so that an id means the same in every run.
        let ordered = ranges.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
        return Array(ordered.prefix(most).map(\.element))
    }

    /// The name of a user in the password database.
    static func userName(_ uid: UInt32) -> String? {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 1 << 14)
        guard getpwuid_r(uid, &record, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return String(cString: record.pw_name)
    }
}
