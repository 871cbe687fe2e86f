// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03 (pax extended header)

/// The records of a pax extended header that mean something here.
struct PaxRecords {
    var path: [UInt8]?
    var linkPath: [UInt8]?
    var size: Int64?
    var uid: UInt32?
    var gid: UInt32?
    var modified: (seconds: Int64, nanoseconds: Int64)?
    /// Extended attributes by name.
    var attributes: [String: [UInt8]] = [:]
    var isSparse = false

    /// The prefix under which star, GNU tar and Go keep extended attributes.
    static let attributePrefix = "SCHILY.xattr."

    /// Takes the records of one extended header; an empty value takes a former one back.
    mutating func take(_ bytes: [UInt8]) throws(TarProblem) {
        var rest = bytes[...]
        while let first = rest.first {
            // GNU tar and others fill the last block with NULs without counting them; the size says otherwise here.
            guard first != 0 else {
                guard rest.allSatisfy({ $0 == 0 }) else { throw .extendedHeader }
                return
            }
            guard let space = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
                let length = Self.decimal(rest[rest.startIndex..<space]), length <= Int64(rest.count),
                Int(length) > space - rest.startIndex + 3
            else { throw .extendedHeader }
            let end = rest.startIndex + Int(length)
            guard rest[end - 1] == UInt8(ascii: "\n"),
                let equals = rest[(space + 1)..<(end - 1)].firstIndex(of: UInt8(ascii: "=")), equals > space + 1
            else { throw .extendedHeader }
            try take(key: rest[(space + 1)..<equals], value: rest[(equals + 1)..<(end - 1)])
            rest = rest[end...]
        }
    }

    private mutating func take(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) throws(TarProblem) {
        guard let name = String(validating: key, as: UTF8.self) else { throw .extendedHeader }
        switch name {
        case "path": path = try Self.name(value)
        case "linkpath": linkPath = try Self.name(value)
        case "size": size = try Self.number(value, "size")
        case "uid": uid = try Self.identity(value, "uid")
        case "gid": gid = try Self.identity(value, "gid")
        case "mtime": modified = try Self.time(value)
        case _ where name.hasPrefix(Self.attributePrefix):
            let attribute = String(name.dropFirst(Self.attributePrefix.count))
            guard !attribute.isEmpty, !attribute.utf8.contains(0) else { throw .extendedHeader }
            attributes[attribute] = Array(value)
        case _ where name.hasPrefix("GNU.sparse."): isSparse = true
        default: break
        }
    }

    private static func name(_ value: ArraySlice<UInt8>) throws(TarProblem) -> [UInt8]? {
        guard !value.contains(0) else { throw .nulInName }
        return value.isEmpty ? nil : Array(value)
    }

    private static func number(_ value: ArraySlice<UInt8>, _ field: String) throws(TarProblem) -> Int64? {
        if value.isEmpty { return nil }
        guard let number = decimal(value) else { throw .number(field: field) }
        return number
    }

    private static func identity(_ value: ArraySlice<UInt8>, _ field: String) throws(TarProblem) -> UInt32? {
        guard let number = try number(value, field) else { return nil }
        guard let identity = UInt32(exactly: number) else { throw .number(field: field) }
        return identity
    }

    /// Seconds with an optional sign and fraction, of which nine digits count.
    private static func time(
        _ value: ArraySlice<UInt8>
    ) throws(TarProblem) -> (seconds: Int64, nanoseconds: Int64)? {
        if value.isEmpty { return nil }
        let negative = value.first == UInt8(ascii: "-")
        let digits = negative ? value.dropFirst() : value
        let point = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.endIndex
        guard let whole = decimal(digits[..<point]) else { throw .number(field: "mtime") }
        var nanoseconds: Int64 = 0
        var scale: Int64 = 100_000_000
        for byte in digits[point...].dropFirst() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw .number(field: "mtime") }
            nanoseconds += Int64(byte - UInt8(ascii: "0")) * scale
            scale /= 10
        }
        if !negative { return (whole, nanoseconds) }
        return nanoseconds == 0 ? (-whole, 0) : (-whole - 1, 1_000_000_000 - nanoseconds)
    }

    /// A number of decimal digits alone; nil for anything else or when it does not fit.
    static func decimal(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }
}
