import SampanTestSupport
import Testing

@testable import Binaries

@Suite("claims on the bytes of a file")
struct ByteClaimsTests {
    private func span(_ range: Range<Int64>, _ owner: Int) -> ByteClaims.Span { .init(range, owner: owner) }

    @Test("what is claimed first stays, and later claims get what is free between")
    func order() {
        var claims = ByteClaims(size: 100)
        claims.claim([span(10..<20, 0), span(30..<40, 1)])
        claims.claim([span(5..<35, 2)])
        claims.claim([span(0..<100, 3)])
        #expect(
            claims.spans == [
                span(0..<5, 3), span(5..<10, 2), span(10..<20, 0), span(20..<30, 2), span(30..<40, 1),
                span(40..<100, 3),
            ])
        #expect(claims.totals(owners: 4) == [10, 10, 15, 65])
    }

    @Test("spans of one claim that overlap share nothing, and nothing lies outside of the file")
    func overlaps() {
        var claims = ByteClaims(size: 50)
        claims.claim([span(-10 ..< -5, 0), span(-5..<10, 0), span(5..<20, 1), span(5..<8, 2), span(40..<Int64.max, 3)])
        #expect(claims.totals(owners: 4) == [10, 10, 0, 10])
        claims.claim([span(60..<70, 2), span(Int64.max - 1..<Int64.max, 2)])
        #expect(claims.totals(owners: 4) == [10, 10, 0, 10])
        claims.claim([])
        #expect(claims.spans.count == 3)
    }

    @Test("random claims agree with an array of owners")
    func model() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let size = Int.random(in: 1...60, using: &random)
            var claims = ByteClaims(size: Int64(size))
            var owners = [Int?](repeating: nil, count: size)
            for layer in 0..<4 {
                var spans: [ByteClaims.Span] = []
                for index in 0..<Int.random(in: 0...6, using: &random) {
                    let start = Int64.random(in: -5...70, using: &random)
                    let end = start + Int64.random(in: 0...20, using: &random)
                    spans.append(span(start..<end, layer * 10 + index))
                }
                spans.sort { $0.start < $1.start }
                // A span's bytes before the end of an earlier one are gone even where the earlier one got none of them.
                for span in spans {
                    for byte in span.start..<span.end where owners.indices.contains(Int(byte)) {
                        if owners[Int(byte)] == nil { owners[Int(byte)] = span.owner }
                    }
                }
                claims.claim(spans)
            }
            let totals = claims.totals(owners: 40)
            for owner in 0..<40 { #expect(totals[owner] == Int64(owners.count { $0 == owner })) }
        }
    }
}
