private import CLinux

/// The capabilities that this process and its children can have at most.
package enum CapabilityBounds {
    /// Their numbers.
    package static func read() -> Set<Int> {
        var out: Set<Int> = []
        for number in 0..<64 {
            let answer = sampan_capability_is_bounded(Int32(number))
            if answer < 0 { break }
            if answer == 1 { out.insert(number) }
        }
        return out
    }
}
