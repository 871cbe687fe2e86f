/// Parts of a file given to their owners, each byte once: what is claimed first stays.
struct ByteClaims {
    struct Span: Sendable, Hashable {
        var start: Int64
        var end: Int64
        /// The owner, a number of the caller's choice.
        var owner: Int

        init(_ range: Range<Int64>, owner: Int) {
            (start, end, self.owner) = (range.lowerBound, range.upperBound, owner)
        }

        fileprivate init(_ start: Int64, _ end: Int64, _ owner: Int) {
            (self.start, self.end, self.owner) = (start, end, owner)
        }
    }

    let size: Int64
    /// By start; none overlaps another.
    private(set) var spans: [Span] = []

    init(size: Int64) { self.size = size }

    /// Gives to each what is still free of its span and inside of the file.
    /// - Parameter more: by start. Of spans that overlap each other the one that starts first has the common part.
    mutating func claim(_ more: [Span]) {
        guard !more.isEmpty else { return }
        var all: [Span] = []
        all.reserveCapacity(spans.count + more.count)
        var (taken, cursor) = (0, Int64(0))
        for span in more {
            cursor = max(cursor, span.start)
            let end = min(span.end, size)
            while cursor < end {
                while taken < spans.count, spans[taken].end <= cursor {
                    all.append(spans[taken])
                    taken += 1
                }
                if taken < spans.count, spans[taken].start <= cursor {
                    cursor = spans[taken].end
                    continue
                }
                let stop = taken < spans.count ? min(end, spans[taken].start) : end
                all.append(Span(cursor, stop, span.owner))
                cursor = stop
            }
        }
        all.append(contentsOf: spans[taken...])
        spans = all
    }

    /// Bytes by owner; those of no owner are left out.
    /// - Parameter owners: numbers are below it.
    func totals(owners: Int) -> [Int64] {
        var totals = [Int64](repeating: 0, count: owners)
        for span in spans where totals.indices.contains(span.owner) { totals[span.owner] += span.end - span.start }
        return totals
    }
}
