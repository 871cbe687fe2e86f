// https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
import Core

/// Two texts as a unified diff.
package enum UnifiedDiff {
    private static let context = 3

    private enum Line {
        case same(ArraySlice<UInt8>)
        case removed(ArraySlice<UInt8>)
        case added(ArraySlice<UInt8>)
    }

    /// Empty when the texts are equal.
    package static func text(from old: [UInt8], to new: [UInt8], name: String) -> String {
        guard old != new else { return "" }
        let lines = compare(split(old), split(new))
        // Programs that apply it take off one directory. A tab ends a name that has spaces.
        let path = name.drop { $0 == "/" } + (name.contains(" ") ? "\t" : "")
        var out = "--- a/\(path)\n+++ b/\(path)\n"
        var index = 0
        var (oldLine, newLine) = (1, 1)
        while let start = nextChange(lines, index) {
            let first = max(index, start - context)
            for line in lines[index..<first] {
                if case .same = line { (oldLine, newLine) = (oldLine + 1, newLine + 1) }
            }
            let end = hunkEnd(lines, start)
            out += hunk(lines[first..<end], &oldLine, &newLine)
            index = end
        }
        return out
    }

    /// Lines with their ends.
    private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var out: [ArraySlice<UInt8>] = []
        var start = 0
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
            out.append(bytes[start...index])
            start = index + 1
        }
        if start < bytes.count { out.append(bytes[start...]) }
        return out
    }

    private static func compare(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Line] {
        let changes = new.difference(from: old)
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in changes {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var out: [Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                out.append(.removed(old[left]))
                left += 1
            } else if right < new.count, added.contains(right) {
                out.append(.added(new[right]))
                right += 1
            } else {
                out.append(.same(old[left]))
                (left, right) = (left + 1, right + 1)
            }
        }
        return out
    }

    private static func nextChange(_ lines: [Line], _ from: Int) -> Int? {
        lines[from...].firstIndex { if case .same = $0 { false } else { true } }
    }

    /// Behind the last change that is near enough to the one before, with its context.
    private static func hunkEnd(_ lines: [Line], _ start: Int) -> Int {
        var last = start
        while let next = nextChange(lines, last + 1), next - last <= 2 * context + 1 { last = next }
        return min(lines.count, last + 1 + context)
    }

    private static func hunk(_ lines: ArraySlice<Line>, _ oldLine: inout Int, _ newLine: inout Int) -> String {
        var body = ""
        var (oldCount, newCount) = (0, 0)
        for line in lines {
            let (sign, bytes) =
                switch line {
                case .same(let bytes): (" ", bytes)
                case .removed(let bytes): ("-", bytes)
                case .added(let bytes): ("+", bytes)
                }
            if sign != "+" { oldCount += 1 }
            if sign != "-" { newCount += 1 }
            body += sign + String(decoding: bytes, as: UTF8.self)
            if bytes.last != UInt8(ascii: "\n") { body += "\n\\ No newline at end of file\n" }
        }
        let head = "@@ -\(range(oldLine, oldCount)) +\(range(newLine, newCount)) @@\n"
        (oldLine, newLine) = (oldLine + oldCount, newLine + newCount)
        return head + body
    }

    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start)" : "\(count == 0 ? start - 1 : start),\(count)"
    }
}
