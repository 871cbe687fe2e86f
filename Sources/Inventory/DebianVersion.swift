// https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
package import Core

/// A version of a Debian package, `[epoch:]upstream[-revision]`, in the order that dpkg has for them.
///
/// `1.0`, `0:1.0` and `1.0-0` are equal, though their texts differ: compare versions with `==`, files with ``text``.
package struct DebianVersion: Comparable, Hashable, Sendable, CustomStringConvertible {
    /// The version as it was written, without white space around it.
    package let text: String
    /// 0 when the text has none.
    package let epoch: UInt32
    /// Offsets in the text's UTF-8: where the upstream version starts, where it ends, and where the revision starts.
    private let upstreamStart: Int
    private let upstreamEnd: Int
    private let revisionStart: Int

    /// Reads a version. An upstream version that starts with a letter is taken, as dpkg does: policy only advises a
    /// digit.
    package init(_ text: some StringProtocol) throws(DebianVersionError) {
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        let trimmed = Array(bytes)
        let string = String(decoding: trimmed, as: UTF8.self)
        guard !trimmed.isEmpty else { throw .empty }

        var start = 0
        var epoch: UInt32 = 0
        if let colon = trimmed.firstIndex(of: UInt8(ascii: ":")) {
            guard let value = Self.parseEpoch(trimmed[..<colon]) else { throw .badEpoch(string) }
            epoch = value
            start = colon + 1
        }
        var end = trimmed.count
        var revision = trimmed.count
        if let hyphen = trimmed[start...].lastIndex(of: UInt8(ascii: "-")) {
            end = hyphen
            revision = hyphen + 1
            guard revision < trimmed.count else { throw .emptyRevision(string) }
        }
        guard start < end else { throw .emptyUpstream(string) }
        for byte in trimmed[start..<end]
        where !Self.isAllowed(byte) && byte != UInt8(ascii: "-") && byte != UInt8(ascii: ":") {
            throw .badCharacter(string, byte)
        }
        for byte in trimmed[revision...] where !Self.isAllowed(byte) { throw .badCharacter(string, byte) }

        self.text = string
        self.epoch = epoch
        upstreamStart = start
        upstreamEnd = end
        revisionStart = revision
    }

    package var description: String { text }

    /// The upstream version: without epoch and revision.
    package var upstream: String {
        String(decoding: text.utf8.dropFirst(upstreamStart).prefix(upstreamEnd - upstreamStart), as: UTF8.self)
    }

    /// What comes after the last hyphen; nil when there is none (a native package).
    package var revision: String? {
        upstreamEnd == revisionStart ? nil : String(decoding: text.utf8.dropFirst(revisionStart), as: UTF8.self)
    }

    /// Digits only, and no more than dpkg's `int` holds.
    private static func parseEpoch(_ digits: ArraySlice<UInt8>) -> UInt32? {
        guard !digits.isEmpty else { return nil }
        var value: UInt32 = 0
        for byte in digits {
            guard isDigit(byte) else { return nil }
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt32(byte - UInt8(ascii: "0")))
            guard !high, !carry, sum <= UInt32(Int32.max) else { return nil }
            value = sum
        }
        return value
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "~")
    }

    // MARK: Order

    package static func == (left: DebianVersion, right: DebianVersion) -> Bool { left.compare(to: right) == 0 }

    package static func < (left: DebianVersion, right: DebianVersion) -> Bool { left.compare(to: right) < 0 }

    /// Negative, zero or positive, as dpkg compares.
    package func compare(to other: DebianVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        return withBytes { left in
            other.withBytes { right in
                let upstream = Self.compare(
                    left[upstreamStart..<upstreamEnd], right[other.upstreamStart..<other.upstreamEnd])
                if upstream != 0 { return upstream }
                return Self.compare(left[revisionStart...], right[other.revisionStart...])
            }
        }
    }

    /// Equal versions hash alike: zeros that don't count are left out.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(epoch)
        withBytes { bytes in
            for part in [bytes[upstreamStart..<upstreamEnd], bytes[revisionStart...]] {
                for byte in Self.significant(part) { hasher.combine(byte) }
                hasher.combine(UInt8(0))
            }
        }
    }

    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
    }

    /// Compares pieces in turn: what is no digit by rank, then digits as a number of any length.
    private static func compare(
        _ left: Slice<UnsafeBufferPointer<UInt8>>, _ right: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Int {
        var i = left.startIndex
        var j = right.startIndex
        while i < left.endIndex || j < right.endIndex {
            while (i < left.endIndex && !isDigit(left[i])) || (j < right.endIndex && !isDigit(right[j])) {
                let a = i < left.endIndex ? rank(left[i]) : 0
                let b = j < right.endIndex ? rank(right[j]) : 0
                if a != b { return a - b }
                i += 1
                j += 1
            }
            while i < left.endIndex, left[i] == UInt8(ascii: "0") { i += 1 }
            while j < right.endIndex, right[j] == UInt8(ascii: "0") { j += 1 }
            var first = 0
            while i < left.endIndex, j < right.endIndex, isDigit(left[i]), isDigit(right[j]) {
                if first == 0 { first = Int(left[i]) - Int(right[j]) }
                i += 1
                j += 1
            }
            if i < left.endIndex, isDigit(left[i]) { return 1 }
            if j < right.endIndex, isDigit(right[j]) { return -1 }
            if first != 0 { return first }
        }
        return 0
    }

    /// A tilde comes before the end, the end before letters, letters before the rest. A digit ends a piece as the end
    /// does.
    private static func rank(_ byte: UInt8) -> Int {
        if byte == UInt8(ascii: "~") { return -1 }
        if isDigit(byte) { return 0 }
        return isLetter(byte) ? Int(byte) : Int(byte) + 256
    }

    /// The bytes with each number's leading zeros left out, and a number of zero at the end left out whole.
    private static func significant(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var out: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard isDigit(bytes[index]) else {
                out.append(bytes[index])
                index += 1
                continue
            }
            while index < bytes.endIndex, bytes[index] == UInt8(ascii: "0") { index += 1 }
            guard index < bytes.endIndex else { break }
            // A zero between other things still parts them.
            if !isDigit(bytes[index]) { out.append(UInt8(ascii: "0")) }
            while index < bytes.endIndex, isDigit(bytes[index]) {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
private func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
}
private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) }

/// Why a text is no version of a Debian package. Each case but the first holds the text.
package enum DebianVersionError: DiagnosticConvertible, Equatable {
    case empty
    case badEpoch(String)
    case emptyUpstream(String)
    case emptyRevision(String)
    case badCharacter(String, UInt8)

    package var diagnostic: Diagnostic {
        let reason: String
        switch self {
        case .empty: reason = "a version can't be empty"
        case .badEpoch(let text): reason = "version '\(text.prefix(100))' has a bad epoch before the colon"
        case .emptyUpstream(let text): reason = "version '\(text.prefix(100))' has no upstream version"
        case .emptyRevision(let text): reason = "version '\(text.prefix(100))' ends with a hyphen"
        case .badCharacter(let text, let byte):
            let shown = (0x21...0x7e).contains(byte) ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(byte)"
            reason = "version '\(text.prefix(100))' may not have \(shown)"
        }
        return Diagnostic(
            code: "debian.version", reason, hint: "a version reads [epoch:]upstream[-revision], such as 1:2.3-4")
    }
}
