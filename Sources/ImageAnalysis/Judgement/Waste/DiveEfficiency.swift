// https://github.com/wagoodman/dive#basic-features
internal import Core
internal import Layers

/// The efficiency that dive made known: of all bytes that layers bring, the share that had to be. For each path that is
/// the smallest of its copies, as each of them could have been the only one; the rest is wasted.
///
/// Other than in dive:
/// - What later layers delete did not have to be, whether it is deleted by name, with its directory, or because its
///   directory is opaque. dive lets go of what is deleted with its directory.
/// - Only the copies too many are wasted. dive adds up all copies of a path, the one that had to be among them.
/// - An image of one layer is efficient to 1 and wastes nothing. dive divides there by zero.
struct DiveEfficiency {
    let efficiency: Double
    let wastedBytes: Int64

    init(_ census: FileCensus) {
        /// Of a path the smallest copy, and whether the tree still has something there.
        var smallest: [BytePath: (bytes: Int64, isDeleted: Bool)] = [:]
        var total: Int64 = 0
        for record in census.records {
            let entry = census.entry(record)
            total += entry.size
            // Records come from the lowest layer up: the last one of a path says what became of it.
            let isDeleted = record.fate == .removed
            let before = smallest[entry.path]?.bytes ?? entry.size
            smallest[entry.path] = (min(before, entry.size), isDeleted)
        }
        let needed = smallest.values.reduce(0) { $1.isDeleted ? $0 : $0 + $1.bytes }
        wastedBytes = total - needed
        efficiency = total == 0 ? 1 : Double(needed) / Double(total)
    }
}
