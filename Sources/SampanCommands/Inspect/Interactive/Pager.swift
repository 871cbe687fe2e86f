import Core

/// A text that is scrolled through.
struct Pager: Sendable {
    var title: String
    /// Safe to show.
    var lines: [String]
    private(set) var top = 0
    private(set) var column = 0

    init(title: String, lines: [String]) {
        self.title = title
        self.lines = lines
    }

    mutating func handle(_ key: Key, height: Int) {
        switch key {
        case .up, .character("k"): top -= 1
        case .down, .character("j"), .enter: top += 1
        case .pageUp, .character("b"): top -= height
        case .pageDown, .character(" "): top += height
        case .home, .character("g"): top = 0
        case .end, .character("G"): top = lines.count - height
        case .left: column = max(0, column - 8)
        case .right: column = min(column + 8, 4096)
        default: break
        }
        top = max(0, min(top, lines.count - height))
    }

    func visible(height: Int, width: Int) -> [String] {
        guard top < lines.count, height > 0 else { return [] }
        return lines[top..<min(lines.count, top + height)].map { line in
            TextColumns.clipped(column == 0 ? line : String(line.dropFirst(column)), to: width)
        }
    }

    // MARK: - Contents

    /// Bytes of a file that are shown at most.
    static let textLimit = 1 << 20
    static let hexLimit = 64 << 10

    /// A file: lines of text, or bytes in hexadecimal.
    /// - Parameters:
    ///   - bytes: its beginning.
    ///   - size: of all of it.
    static func file(_ title: String, _ bytes: [UInt8], size: Int64) -> Pager {
        let isText = isText(bytes, isWhole: size == Int64(bytes.count))
        var lines = isText ? text(bytes) : hex(Array(bytes.prefix(hexLimit)))
        let shown = Int64(isText ? bytes.count : min(bytes.count, hexLimit))
        if shown < size { lines.append("… \(Human.bytes(size - shown)) more; extract the file to see all") }
        if size == 0 { lines = ["(empty)"] }
        return Pager(title: "\(title)  \(Human.bytes(size))", lines: lines)
    }

    private static func isText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        guard !bytes.prefix(8192).contains(0) else { return false }
        // Of a file that goes on the last character may be cut.
        for cut in 0...(isWhole ? 0 : 3) where String(validating: bytes.dropLast(cut), as: UTF8.self) != nil {
            return true
        }
        return false
    }

    private static func text(_ bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.map { line in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard line.contains(0x09) else { return SafeText.bytes(Array(line)) }
            return line.split(separator: 0x09, omittingEmptySubsequences: false)
                .map { SafeText.bytes(Array($0)) }.joined(separator: "    ")
        }
    }

    private static func hex(_ bytes: [UInt8]) -> [String] {
        let digits = Array("0123456789abcdef".utf8)
        return stride(from: 0, to: bytes.count, by: 16).map { start in
            let part = bytes[start..<min(start + 16, bytes.count)]
            var line: [UInt8] = []
            for shift in stride(from: 28, through: 0, by: -4) { line.append(digits[start >> shift & 15]) }
            line += [0x20, 0x20]
            for place in 0..<16 {
                if place < part.count {
                    let byte = part[start + place]
                    line += [digits[Int(byte >> 4)], digits[Int(byte & 15)], 0x20]
                } else {
                    line += [0x20, 0x20, 0x20]
                }
                if place == 7 { line.append(0x20) }
            }
            line.append(0x20)
            line += part.map { $0 >= 0x20 && $0 < 0x7f ? $0 : UInt8(ascii: ".") }
            return String(decoding: line, as: UTF8.self)
        }
    }
}
