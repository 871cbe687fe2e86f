import Debian
import Inventory
import SampanTestSupport
import Testing

@Suite struct RelationTests {
    @Test(
        "relations read and print",
        arguments: [
            ("libc6 (>= 2.36)", "libc6 (>= 2.36)"), ("libc6(>=2.36)", "libc6 (>= 2.36)"),
            ("a|b,c", "a | b, c"), ("python3:any (>= 3.11~),  perl:native", "python3:any (>= 3.11~), perl:native"),
            ("a (<< 1), b (<= 1), c (= 1), d (>= 1), e (>> 1)", "a (<< 1), b (<= 1), c (= 1), d (>= 1), e (>> 1)"),
            // The old signs mean "or equal".
            ("a (< 1), b (> 1)", "a (<= 1), b (>= 1)"),
            (" a ,, b , ", "a, b"), ("a\n (>= 1),\n b", "a (>= 1), b"), ("", ""), (" , ", ""),
            ("g++-12:amd64 (= 1:2-3)", "g++-12:amd64 (= 1:2-3)"),
        ])
    func parse(_ text: String, _ printed: String) throws {
        #expect(try RelationParser.dependencies(text).map(\.description).joined(separator: ", ") == printed)
    }

    @Test(
        "what is no relation is refused with the place",
        arguments: [
            ("|a", .missingName, 0), ("a|", .missingName, 2), ("a, (>= 1)", .missingName, 3),
            ("a:", .missingQualifier, 2),
            ("a (>= 1", .missingParenthesis, 7), ("a (1)", .badComparison(""), 3),
            ("a (=> 1)", .badComparison("=>"), 5),
            ("a (>= )", .badVersion(.empty), 6),
            ("a (>= 1_2)", .badVersion(.badCharacter("1_2", UInt8(ascii: "_"))), 9),
            ("a b", .unexpected(UInt8(ascii: "b")), 2), ("a [amd64]", .unexpected(UInt8(ascii: "[")), 2),
            ("a <!nocheck>", .unexpected(UInt8(ascii: "<")), 2), ("é", .missingName, 0),
        ] as [(String, RelationError.Problem, Int)])
    func refused(_ text: String, _ problem: RelationError.Problem, _ offset: Int) {
        #expect(throws: RelationError(problem: problem, offset: offset)) { try RelationParser.dependencies(text) }
    }

    @Test("fields without alternatives refuse them")
    func noAlternatives() throws {
        #expect(try RelationParser.relations("a (= 1), b").map(\.description) == ["a (= 1)", "b"])
        #expect(throws: RelationError(problem: .unexpected(UInt8(ascii: "|")), offset: 2)) {
            try RelationParser.relations("a | b")
        }
    }

    @Test(
        "the five signs compare versions",
        arguments: [
            ("<<", [true, false, false]), ("<=", [true, true, false]), ("=", [false, true, false]),
            (">=", [false, true, true]), (">>", [false, false, true]),
        ])
    func comparisons(_ sign: String, _ expected: [Bool]) throws {
        let comparison = try #require(VersionConstraint.Comparison(rawValue: sign))
        let constraint = VersionConstraint(comparison, try DebianVersion("1.5"))
        let results = try ["1.5~", "1.5-0", "1.5-1"].map { constraint.isSatisfied(by: try DebianVersion($0)) }
        #expect(results == expected)
    }

    @Test("random text never does more than throw")
    func noise() {
        var generator = SeededGenerator(seed: 8)
        let alphabet = Array("ab1 (>=<),|:~\n[é")
        for _ in 0..<3000 {
            let length = Int.random(in: 0...20, using: &generator)
            let text = String((0..<length).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
            guard let found = try? RelationParser.dependencies(text) else { continue }
            let printed = found.map(\.description).joined(separator: ", ")
            #expect((try? RelationParser.dependencies(printed)) == found, "\(text)")
        }
    }
}
