// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/chmod.html (extended description)

/// What `--chmod` asks for: an octal mode, or changes to the mode that a file has.
package struct ModeChange: Sendable, Hashable {
    private enum Operation: Sendable, Hashable {
        case add, remove, set
    }

    private struct Clause: Sendable, Hashable {
        /// Bits that the clause may touch, as rwx for user, group, others.
        var who: UInt32
        var operation: Operation
        /// Permission bits, for all three.
        var permissions: UInt32 = 0
        /// `X`: search for directories and for what somebody may execute.
        var search = false
        var setID = false
        var sticky = false
        /// Copied from one of user, group, others: the shift of its bits.
        var copy: UInt32?
    }

    private var octal: UInt32?
    private var clauses: [Clause] = []

    /// `755`, `0755`, `1777`, `u+rwX,go-w`, `a=rx`. Without `ugoa` a change is for all.
    package init(_ text: String) throws(DockerfileError) {
        let bytes = Array(text.utf8)
        if !bytes.isEmpty, bytes.allSatisfy({ (0x30...0x37).contains($0) }) {
            guard let value = UInt32(text, radix: 8), value <= 0o7777 else {
                throw DockerfileError(.invalidMode(text), at: nil)
            }
            octal = value
            return
        }
        for part in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard Self.parse(part, &clauses) else { throw DockerfileError(.invalidMode(text), at: nil) }
        }
    }

    /// The mode as a number; nil for changes.
    package var absolute: UInt32? { octal }

    private static func parse(_ part: ArraySlice<UInt8>, _ clauses: inout [Clause]) -> Bool {
        var index = part.startIndex
        var who: UInt32 = 0
        loop: while index < part.endIndex {
            switch part[index] {
            case UInt8(ascii: "u"): who |= 0o700
            case UInt8(ascii: "g"): who |= 0o070
            case UInt8(ascii: "o"): who |= 0o007
            case UInt8(ascii: "a"): who |= 0o777
            default: break loop
            }
            index += 1
        }
        if who == 0 { who = 0o777 }
        guard index < part.endIndex else { return false }
        while index < part.endIndex {
            var clause: Clause
            switch part[index] {
            case UInt8(ascii: "+"): clause = Clause(who: who, operation: .add)
            case UInt8(ascii: "-"): clause = Clause(who: who, operation: .remove)
            case UInt8(ascii: "="): clause = Clause(who: who, operation: .set)
            default: return false
            }
            index += 1
            var letters = 0
            letters: while index < part.endIndex {
                switch part[index] {
                case UInt8(ascii: "r"): clause.permissions |= 0o444
                case UInt8(ascii: "w"): clause.permissions |= 0o222
                case UInt8(ascii: "x"): clause.permissions |= 0o111
                case UInt8(ascii: "X"): clause.search = true
                case UInt8(ascii: "s"): clause.setID = true
                case UInt8(ascii: "t"): clause.sticky = true
                case UInt8(ascii: "u"), UInt8(ascii: "g"), UInt8(ascii: "o"):
                    guard letters == 0 else { return false }
                    clause.copy = part[index] == UInt8(ascii: "u") ? 6 : part[index] == UInt8(ascii: "g") ? 3 : 0
                    index += 1
                    letters = -1
                    break letters
                default: break letters
                }
                letters += 1
                index += 1
            }
            if letters == -1, index < part.endIndex, !"+-=".utf8.contains(part[index]) { return false }
            clauses.append(clause)
        }
        return true
    }

    /// The mode that a file gets: its 12 low bits; others are left as they are.
    package func apply(to mode: UInt32, isDirectory: Bool) -> UInt32 {
        let kept = mode & ~0o7777
        if let octal { return kept | octal }
        var bits = mode & 0o7777
        for clause in clauses {
            var wanted = clause.permissions
            if let shift = clause.copy {
                let from = (bits >> shift) & 0o7
                wanted = from << 6 | from << 3 | from
            }
            if clause.search, isDirectory || bits & 0o111 != 0 { wanted |= 0o111 }
            wanted &= clause.who
            if clause.setID {
                wanted |= (clause.who & 0o700 != 0 ? 0o4000 : 0) | (clause.who & 0o070 != 0 ? 0o2000 : 0)
            }
            if clause.sticky, clause.who & 0o001 != 0 { wanted |= 0o1000 }
            switch clause.operation {
            case .add: bits |= wanted
            case .remove: bits &= ~wanted
            case .set:
                var cleared = clause.who
                // As chmod does: `=` leaves the set-ID bits of directories alone unless it names them.
                if !isDirectory || clause.setID {
                    cleared |= (clause.who & 0o700 != 0 ? 0o4000 : 0) | (clause.who & 0o070 != 0 ? 0o2000 : 0)
                }
                if clause.who & 0o001 != 0 { cleared |= 0o1000 }
                bits = bits & ~cleared | wanted
            }
        }
        return kept | bits
    }
}
