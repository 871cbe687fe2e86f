import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite struct DocumentationTests {
    @Test("the generated pages are those that the program writes")
    func generated() throws {
        let place = try TemporaryDirectory("docs")
        let outcome = try Program.run(["reference", place.path], environment: ["SAMPAN_HOME": place.path("home")])
        try #require(outcome.code == 0, "\(outcome)")
        let names = try Directory.names(FileDescriptor.open(place.path, O_RDONLY | O_DIRECTORY))
            .map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasSuffix(".md") }.sorted()
        #expect(names == ["commands.md", "dockerfile.md", "rules.md"])
        for name in names {
            let isCurrent = try place.text(name) == Repository.text("docs/" + name)
            #expect(isCurrent, "docs/\(name) is old; write it anew with: make docs")
        }
    }

    /// What two languages of one text must have in common.
    private struct Shape: Equatable {
        /// The levels of the headings, in their order.
        var headings: [Int] = []
        /// The code blocks, comments left out: they are translated.
        var blocks: [[String]] = []
        /// Rows of tables.
        var rows = 0
        /// The items of lists.
        var items = 0

        init(_ lines: [String]) {
            var block: [String]?
            for line in lines {
                if line.hasPrefix("```") {
                    if let done = block { blocks.append(done) }
                    block = block == nil ? [line] : nil
                } else if block != nil {
                    var code = line.firstRange(of: " # ").map { line[..<$0.lowerBound] } ?? line[...]
                    while code.last == " " { code.removeLast() }
                    block?.append(String(code))
                } else if line.hasPrefix("#") {
                    headings.append(line.prefix { $0 == "#" }.count)
                } else if line.hasPrefix("|") {
                    rows += 1
                } else if line.hasPrefix("- ") {
                    items += 1
                }
            }
        }
    }

    @Test("the README is the same in both languages")
    func languages() throws {
        let english = Shape(try Repository.lines("README.md"))
        let chinese = Shape(try Repository.lines("README.zh-CN.md"))
        #expect(english.headings == chinese.headings)
        #expect(english.blocks.count == chinese.blocks.count)
        for (left, right) in zip(english.blocks, chinese.blocks) { #expect(left == right) }
        #expect(english.rows == chinese.rows)
        #expect(english.items == chinese.items)
        #expect(english.headings.count > 4 && english.blocks.count > 4)
    }

    /// The targets of `[text](target)` in a line.
    private func links(_ line: String) -> [String] {
        line.split(separator: "](", omittingEmptySubsequences: false).dropFirst().map { part in
            String(part.prefix { $0 != ")" && $0 != " " })
        }
    }

    @Test("links between the pages lead somewhere")
    func links() throws {
        let pages =
            ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/README.md"]
            + (try Repository.files(below: "docs", suffix: ".md"))
            + (try Repository.files(below: "examples", suffix: ".md"))
        for page in pages {
            let folder = page.lastIndex(of: "/").map { String(page[...$0]) } ?? ""
            var isCode = false
            for line in try Repository.lines(page) {
                if line.hasPrefix("```") { isCode.toggle() }
                if isCode { continue }
                for link in links(line) where !link.contains("://") {
                    let path = link.split(separator: "#", omittingEmptySubsequences: false)[0]
                    if path.isEmpty { continue }
                    let target = try FileInfo.of("\(Repository.root)/\(folder)\(path)", followLinks: true)
                    #expect(target != nil, "\(page): \(link)")
                }
            }
        }
    }

    @Test("options that the texts name exist", arguments: ["README.md", "docs/tutorial.md", "docs/cache.md"])
    func options(_ page: String) throws {
        // Every command has these; the reference leaves them out.
        let common: Set<Substring> = ["--help", "--version", "--generate-completion-script"]
        let known = common.union(try Repository.text("docs/commands.md").split { !Self.isOption($0) })
        for line in try Repository.lines(page) where line.hasPrefix("sampan ") || line.hasPrefix("$ sampan ") {
            let command = line.firstRange(of: " # ").map { line[..<$0.lowerBound] } ?? line[...]
            // What follows the first command of a line is another program's.
            let own = command.firstRange(of: " && ").map { command[..<$0.lowerBound] } ?? command
            for word in own.split(separator: " ") where word.hasPrefix("-") && word.count > 1 {
                let option = word.prefix { $0 != "=" }
                #expect(known.contains(option), "\(page): \(line)")
            }
        }
    }

    private static func isOption(_ character: Character) -> Bool { character.isLetter || character == "-" }
}
