import FoundationEssentials
import HostOS
import SampanTestSupport
import Testing

/// What `swift package dump-package` says, as far as it matters here.
private struct Manifest: Decodable {
    struct Target: Decodable {
        var name: String
        var dependencies: [Dependency]
    }

    /// `{"byName": ["Core", null]}` or `{"product": ["NIOCore", "swift-nio", null, null]}`.
    struct Dependency: Decodable {
        var byName: [String?]?
        var product: [Value?]?

        /// Products carry objects behind their names, which don't matter.
        enum Value: Decodable {
            case text(String)
            case other

            init(from decoder: any Decoder) throws {
                self = (try? decoder.singleValueContainer().decode(String.self)).map { .text($0) } ?? .other
            }
        }

        var local: String? { byName?.first ?? nil }
        var outside: String? {
            if case .text(let name)? = product?.first ?? nil { name } else { nil }
        }
    }

    var targets: [Target]
}

/// A row of the table in ARCHITECTURE.md, or a target of the manifest in the same form.
private struct Row: Hashable, CustomStringConvertible {
    var name: String
    var uses: Set<String>
    var outside: Set<String>

    var description: String { "\(name): \(uses.sorted()) and from outside \(outside.sorted())" }
}

@Suite struct ArchitectureTests {
    /// The rows of the table under "## Targets": level, target, uses, from outside, holds.
    private func documented() throws -> [Row] {
        var rows: [Row] = []
        var isInside = false
        for line in try Repository.lines("ARCHITECTURE.md") {
            if line.hasPrefix("## ") { isInside = line == "## Targets" }
            guard isInside, line.hasPrefix("| ") else { continue }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map(words)
            guard cells.count >= 5, let name = cells[1].first else { continue }
            rows.append(Row(name: name, uses: Set(cells[2]), outside: Set(cells[3])))
        }
        return rows
    }

    /// The words in backticks.
    private func words(_ cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            .map { String($0.element) }
    }

    private func declared() throws -> [Row] {
        // A scratch directory of its own: the one of the running `swift test` is locked.
        let scratch = try TemporaryDirectory("manifest")
        var options = ChildProcess.Options(
            "swift", ["package", "--scratch-path", scratch.path, "--package-path", Repository.root, "dump-package"])
        options.directory = Repository.root
        let captured = try ChildProcess.capture(options, timeout: .seconds(120))
        try #require(captured.status == .exited(0), "\(captured.errorText)")
        return try JSONDecoder().decode(Manifest.self, from: Data(captured.output)).targets.map { target in
            Row(
                name: target.name, uses: Set(target.dependencies.compactMap(\.local)),
                outside: Set(target.dependencies.compactMap(\.outside)))
        }
    }

    @Test("the table of targets is the package manifest's")
    func targets() throws {
        let documented = try documented()
        let declared = try declared()
        #expect(documented.count == Set(documented.map(\.name)).count)
        let pageAlone = Set(documented).subtracting(declared).map(\.description).sorted()
        let manifestAlone = Set(declared).subtracting(documented).map(\.description).sorted()
        #expect(pageAlone.isEmpty, "in ARCHITECTURE.md, not in Package.swift")
        #expect(manifestAlone.isEmpty, "in Package.swift, not in ARCHITECTURE.md")
    }

    @Test("targets use those above them in the table alone")
    func order() throws {
        var known: Set<String> = []
        for row in try documented() {
            #expect(row.uses.isSubset(of: known), "\(row.name) uses what comes later")
            known.insert(row.name)
        }
    }

    /// The modules that a file imports.
    private func imports(_ file: String) throws -> [String] {
        try Repository.lines(file).compactMap { line in
            var words = line.split(separator: " ")
            while let first = words.first, first.hasPrefix("@") || Self.levels.contains(first) { words.removeFirst() }
            guard words.first == "import", let name = words.dropFirst().first else { return nil }
            // `import struct Module.Type` names the module behind the kind.
            let module = Self.kinds.contains(name) ? words.dropFirst(2).first ?? name : name
            return String(module.prefix { $0 != "." })
        }
    }

    private static let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]

    @Test("NIO and AsyncHTTPClient stay under HTTPTransport")
    func network() throws {
        for file in try Repository.files(below: "Sources", suffix: ".swift")
        where !file.hasPrefix("Sources/HTTPTransport/") {
            let found = try imports(file).filter {
                $0.hasPrefix("NIO") || $0.hasPrefix("_NIO") || $0 == "AsyncHTTPClient"
            }
            #expect(found.isEmpty, "\(file)")
        }
    }

    @Test("the build graph knows no sandbox and no network")
    func graph() throws {
        let files = try Repository.files(below: "Sources/BuildGraph", suffix: ".swift")
        #expect(files.count > 20)
        for file in files {
            let found = try imports(file).filter { ["Sandbox", "HTTPTransport", "RegistryClient"].contains($0) }
            #expect(found.isEmpty, "\(file)")
        }
    }

    @Test("no source imports all of Foundation")
    func foundation() throws {
        let files =
            try Repository.files(below: "Sources", suffix: ".swift")
            + Repository.files(below: "Tests", suffix: ".swift")
        // Other people's projects, which tests look at.
        for file in files where !file.hasPrefix("Tests/Fixtures/") {
            #expect(try !imports(file).contains("Foundation"), "\(file)")
        }
    }

    @Test("no module shares its name with a type in it")
    func moduleNames() throws {
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
        for row in try documented() {
            let folder = "Sources/\(row.name)"
            guard try FileInfo.of("\(Repository.root)/\(folder)") != nil else { continue }
            for file in try Repository.files(below: folder, suffix: ".swift") {
                for line in try Repository.lines(file) {
                    let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
                    let declared = zip(words, words.dropFirst()).contains { kinds.contains($0) && $1 == row.name }
                    let isComment = line.drop { $0 == " " }.hasPrefix("//")
                    #expect(isComment || !declared, "\(file): \(line)")
                }
            }
        }
    }

    @Test("the imports of a target are those that its row allows")
    func imported() throws {
        let rows = try documented()
        let ours = Set(rows.map(\.name))
        for row in rows where !row.name.hasPrefix("C") || row.name == "Core" || row.name == "ContentStore" {
            let folder = row.name == "sandbox-tool" ? "Tests/SandboxTool" : "\(place(row.name))/\(row.name)"
            guard try FileInfo.of("\(Repository.root)/\(folder)") != nil else { continue }
            for file in try Repository.files(below: folder, suffix: ".swift") {
                let used = Set(try imports(file)).intersection(ours)
                #expect(used.isSubset(of: row.uses), "\(file) imports \(used.subtracting(row.uses).sorted())")
            }
        }
    }

    private func place(_ target: String) -> String { target.hasSuffix("Tests") ? "Tests" : "Sources" }

    @Test("only the terminal's folder writes to standard output and standard error")
    func output() throws {
        let calls = ["print", "debugPrint", "dump", "puts", "fputs", "putchar", "printf", "fprintf", "perror"]
        let names = ["stdout", "stderr", "STDOUT_FILENO", "STDERR_FILENO", "FileHandle"]
        for file in try Repository.files(below: "Sources", suffix: ".swift")
        where !file.hasPrefix("Sources/SampanCommands/Terminal/") {
            for (index, line) in try Repository.lines(file).enumerated() {
                let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line[...]
                let found = Self.identifiers(code).filter { word in
                    names.contains(word.text) || (word.isFreeCall && calls.contains(word.text))
                }
                #expect(found.isEmpty, "\(file):\(index + 1) \(line)")
            }
        }
    }

    private struct Word {
        var text: String
        /// Called, and not as a member of something, nor in a text.
        var isFreeCall: Bool
    }

    private static func identifiers(_ line: Substring) -> [Word] {
        var out: [Word] = []
        var rest = line
        var before: Character = " "
        while let start = rest.firstIndex(where: { $0.isLetter || $0 == "_" }) {
            if start > rest.startIndex { before = rest[rest.index(before: start)] }
            let word = rest[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            rest = rest[word.endIndex...]
            let isDeclared = out.last?.text == "func"
            let isText = !line[..<start].replacing("\\\"", with: "").count { $0 == "\"" }.isMultiple(of: 2)
            out.append(
                Word(text: String(word), isFreeCall: rest.first == "(" && before != "." && !isDeclared && !isText))
            before = " "
        }
        return out
    }
}
