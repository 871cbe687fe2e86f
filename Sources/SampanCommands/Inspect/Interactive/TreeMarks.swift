import Core
import Layers

/// Which items of a tree something holds for, and below which directories there are such.
struct TreeMarks {
    /// How many marked items are before each, and in all.
    private let counts: [Int]

    init(_ listing: TreeListing, where isMarked: (TreeListing.Item) -> Bool) {
        var counts = [0]
        counts.reserveCapacity(listing.items.count + 1)
        for item in listing.items { counts.append(counts[counts.count - 1] + (isMarked(item) ? 1 : 0)) }
        self.counts = counts
    }

    /// The item itself, or something below it.
    func isMarked(_ index: Int, _ listing: TreeListing) -> Bool {
        counts[index + 1] > counts[index] || isAbove(index, listing)
    }

    /// Something below the item.
    func isAbove(_ index: Int, _ listing: TreeListing) -> Bool {
        guard listing.items[index].entry.isDirectory else { return false }
        let below = listing.range(below: listing.items[index].path)
        return counts[below.upperBound] > counts[below.lowerBound]
    }
}

/// Paths that have a text in them, whatever the case of ASCII letters.
enum PathFilter {
    static func matches(_ path: [UInt8], _ needle: [UInt8]) -> Bool {
        guard !needle.isEmpty else { return true }
        // With the slash in front that people see.
        let wanted = needle.map(lower)
        let count = path.count + 1
        guard wanted.count <= count else { return false }
        for start in 0...(count - wanted.count) {
            var offset = 0
            while offset < wanted.count {
                let place = start + offset
                let byte = place == 0 ? UInt8(ascii: "/") : lower(path[place - 1])
                if byte != wanted[offset] { break }
                offset += 1
            }
            if offset == wanted.count { return true }
        }
        return false
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }
}
