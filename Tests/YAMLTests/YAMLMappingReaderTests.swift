import Core
import Testing
import YAML

private struct Pet: Equatable {
    var name: String?
    var age: Int?
    var isTame: Bool?
    var foods: [String]?
    var home: String?
}

private func read(_ text: String) throws -> Pet {
    let report = YAMLReport()
    let pet = report.parse(SourceFile(name: "pet.yaml", text: text)).flatMap { root in
        report.mapping(root, "a pet") { reader in
            Pet(
                name: reader.string("name", required: true), age: reader.integer("age", in: 0...30),
                isTame: reader.bool("tame"), foods: reader.strings("foods"),
                home: reader.mapping("home", "a home") { $0.string("street", required: true) })
        }
    }
    try report.check()
    return try #require(pet)
}

@Suite("YAML: reading mappings")
struct YAMLMappingReaderTests {
    @Test("values are read by their types; a text is what is written")
    func values() throws {
        let pet = try read("name: 0644\nage: 7\ntame: true\nfoods: [fish, \"1.10\", yes]\nhome: {street: 'Hafen'}\n")
        #expect(
            pet == Pet(name: "0644", age: 7, isTame: true, foods: ["fish", "1.10", "yes"], home: "Hafen"))
    }

    @Test("what is not given is nil")
    func absent() throws { #expect(try read("name: x") == Pet(name: "x")) }

    @Test(
        "wrong values are reported at their place",
        arguments: [
            ("name: [a]", "1:7 yaml.type 'name' must be a single value, not a list"),
            ("name: x\nfoods: fish", "2:8 yaml.type 'foods' must be a list, not a single value"),
            ("name: x\nfoods: [a, [b]]", "2:12 yaml.type what 'foods' lists must be single values, not a list"),
            ("name: x\nhome: here", "2:7 yaml.type a home must be a mapping (key: value), not a single value"),
            ("name: x\ntame: yes", "2:7 yaml.boolean 'tame' must be true or false, not 'yes'"),
            ("name: x\ntame: 'true'", "2:7 yaml.boolean 'tame' must be true or false, not 'true'"),
            ("name: x\nage: 31", "2:6 yaml.integer 'age' must be a number from 0 to 30, not '31'"),
            ("name: x\nage: 0x7", "2:6 yaml.integer 'age' must be a number from 0 to 30, not '0x7'"),
            ("name: x\nage: 99999999999999999999", "2:6 yaml.integer"),
            ("name:", "1:1 yaml.no-value 'name' has no value"),
            ("age: 1", "1:1 yaml.missing-key a pet needs 'name'"),
            ("name: x\nhome: {}", "2:7 yaml.missing-key a home needs 'street'"),
            ("- name", "1:1 yaml.type a pet must be a mapping (key: value), not a list"),
            ("name: x\nnmae: y", "2:1 yaml.unknown-key 'nmae' is not a key of a pet"),
        ])
    func wrong(text: String, expected: String) {
        let list = #expect(throws: DiagnosticList.self) { _ = try read(text) }
        #expect(list?.diagnostics.count == 1)
        guard let found = list?.diagnostics.first, let span = found.span else {
            Issue.record("no diagnostic with a place")
            return
        }
        let (line, column) = span.file.position(at: span.range.start)
        #expect("\(line):\(column) \(found.code) \(found.message)".hasPrefix(expected))
    }

    @Test("all mistakes are reported at once, in the order of the text, with a hint")
    func all() {
        let list = #expect(throws: DiagnosticList.self) {
            _ = try read("tame: maybe\nfods: [a]\nage: x\nage: 3\nhome: *h\nunheard-of: 1\n")
        }
        #expect(
            list?.diagnostics.map(\.code) == [
                "yaml.missing-key", "yaml.boolean", "yaml.unknown-key", "yaml.integer", "yaml.duplicate-key",
                "yaml.alias", "yaml.unknown-key",
            ])
        let hints = list?.diagnostics.filter { $0.code == "yaml.unknown-key" }.map(\.hint)
        #expect(hints == ["did you mean 'foods'?", "keys are name, age, tame, foods, home"])
    }

    @Test("a mistake is shown with its line and a caret")
    func rendering() {
        let list = #expect(throws: DiagnosticList.self) { _ = try read("name: x\nfods: [a]\n") }
        #expect(
            list?.diagnostics.map(\.description).joined() == """
                error: 'fods' is not a key of a pet
                 --> pet.yaml:2:1
                2 | fods: [a]
                  | ^^^^
                hint: did you mean 'foods'?

                """)
    }
}
