// https://docs.docker.com/reference/dockerfile/
package import Core
import Glibc

extension Dockerfile {
    /// Parses a whole Dockerfile. Errors never stop it: what can be read is in the tree, whatever is wrong elsewhere.
    /// Time and memory are linear in the size of the file.
    package static func parse(_ source: SourceFile) -> ParseResult {
        var builder = TreeBuilder(source: source)
        builder.readText()
        builder.buildStages()
        return builder.result()
    }

    /// Parses the triggers that a base image brings along (its ONBUILD expressions, one or more instructions).
    package static func parseTriggers(_ source: SourceFile) -> (statements: [Statement], errors: [DockerfileError]) {
        var builder = TreeBuilder(source: source)
        builder.readText()
        let statements = builder.triggers()
        return (statements, builder.result().errors)
    }
}

/// Grows the tree of one file.
struct TreeBuilder {
    private let source: SourceFile
    private var dockerfile: Dockerfile
    private var errors: [DockerfileError] = []

    init(source: SourceFile) {
        self.source = source
        dockerfile = Dockerfile(source: source)
    }

    func result() -> ParseResult {
        let sorted = errors.enumerated().sorted { left, right in
            let (l, r) = (left.element.span?.range.start ?? 0, right.element.span?.range.start ?? 0)
            return (l, left.offset) < (r, right.offset)
        }
        return ParseResult(dockerfile: dockerfile, errors: sorted.map(\.element))
    }

    private mutating func report(_ kind: DockerfileError.Kind, _ range: SourceRange) {
        errors.append(DockerfileError(kind, at: SourceSpan(source, range)))
    }

    /// Reads directives, comments and instructions.
    mutating func readText() {
        guard checkBytes() else { return }
        var scanner = LineScanner(source: source)
        let directives = DirectiveScanner(scanner)
        scanner.skip(to: directives.lines)
        errors += directives.errors
        dockerfile.directives = directives.directives
        if dockerfile.directive(.escape)?.value.text == "`" { dockerfile.escape = UInt8(ascii: "`") }
        scanner.escape = dockerfile.escape
        var parser = InstructionParser(source: source, escape: dockerfile.escape)
        while let line = scanner.next() {
            guard !Whitespace.trimmed(line.text.bytes, 0..<line.text.count).isEmpty else {
                report(.emptyContinuation, trimmedLine(scanner, line.first))
                continue
            }
            var instruction = parser.parse(line)
            var end = scanner.content(line.last).upperBound
            if takesHeredocs(instruction) { end = readHeredocs(&instruction, &scanner, end) }
            instruction.range = SourceRange(instruction.range.start, max(instruction.range.end, end))
            dockerfile.instructions.append(instruction)
        }
        errors += parser.errors
        dockerfile.comments = scanner.comments
        if dockerfile.instructions.isEmpty, errors.isEmpty { report(.noInstructions, SourceRange(0, 0)) }
    }

    private func trimmedLine(_ scanner: LineScanner, _ line: Int) -> SourceRange {
        let content = Whitespace.trimmed(source.bytes, scanner.content(line))
        return SourceRange(content.lowerBound, content.upperBound)
    }

    /// A file that isn't text has nothing else worth a report.
    private mutating func checkBytes() -> Bool {
        let bytes = source.bytes
        let nul = bytes.withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress, let hit = memchr(base, 0, buffer.count) else { return nil }
            return UnsafeRawPointer(hit) - base
        }
        if let nul {
            report(.nulByte, SourceRange(nul, nul + 1))
            return false
        }
        if String(validating: bytes, as: UTF8.self) == nil {
            let at = firstInvalid(bytes)
            report(.invalidUTF8, SourceRange(at, min(at + 1, bytes.count)))
            return false
        }
        return true
    }

    private func firstInvalid(_ bytes: [UInt8]) -> Int {
        var low = 0
        // The lines before the faulty one are valid: find it first, then the byte.
        for start in source.lineStarts where start > low {
            if String(validating: bytes[low..<start], as: UTF8.self) == nil { break }
            low = start
        }
        var index = low
        while index < bytes.count {
            var length = 1
            while index + length < bytes.count, length < 4, bytes[index + length] & 0xC0 == 0x80 { length += 1 }
            if String(validating: bytes[index..<(index + length)], as: UTF8.self) == nil { return index }
            index += length
        }
        return max(0, bytes.count - 1)
    }

    private func takesHeredocs(_ instruction: Instruction) -> Bool {
        let inner = instruction.keyword == .onbuild ? instruction.nested.first : instruction
        guard let inner else { return false }
        return inner.keyword?.takesHeredocs == true && !inner.isJSON
    }

    /// Reads the bodies that a line announces; gives the end of the last terminator.
    private mutating func readHeredocs(
        _ instruction: inout Instruction, _ scanner: inout LineScanner, _ end: Int
    ) -> Int {
        var end = end
        let announcements: [HeredocScanner.Announcement]
        do throws(ExpansionError) {
            announcements = try HeredocScanner.announcements(in: instruction.body)
        } catch {
            report(.malformedHeredoc(error.kind), instruction.body.range(error.range))
            return end
        }
        for announcement in announcements {
            let word = instruction.body.word(announcement.range)
            let start =
                scanner.line < scanner.lineCount ? scanner.fullLine(scanner.line).lowerBound : source.bytes.count
            guard let terminator = findTerminator(announcement, &scanner) else {
                report(.unterminatedHeredoc(name: announcement.name), word.range)
                end = source.bytes.count
                while end > start, source.bytes[end - 1] == 0x0A || source.bytes[end - 1] == 0x0D { end -= 1 }
                instruction.lines = instruction.lines.lowerBound...max(instruction.lines.upperBound, scanner.lineCount)
                break
            }
            let line = scanner.content(terminator)
            instruction.heredocs.append(
                Heredoc(
                    name: announcement.name, expand: announcement.expand, chomp: announcement.chomp,
                    fileDescriptor: announcement.fileDescriptor, word: word,
                    bodyRange: SourceRange(start, scanner.fullLine(terminator).lowerBound),
                    terminatorRange: SourceRange(line.lowerBound, line.upperBound), source: source))
            end = line.upperBound
            instruction.lines = instruction.lines.lowerBound...(terminator + 1)
        }
        if instruction.keyword == .onbuild, !instruction.nested.isEmpty {
            instruction.nested[0].heredocs = instruction.heredocs
        }
        return end
    }

    /// Steps over a body and its terminator; nil, at the end of the file, when there is none.
    private func findTerminator(_ heredoc: HeredocScanner.Announcement, _ scanner: inout LineScanner) -> Int? {
        let name = Array(heredoc.name.utf8)
        let bytes = source.bytes
        while scanner.line < scanner.lineCount {
            let line = scanner.line
            var content = scanner.content(line)
            scanner.skipLine()
            if heredoc.chomp {
                let start = bytes[content].firstIndex { $0 != UInt8(ascii: "\t") } ?? content.upperBound
                content = start..<content.upperBound
            }
            if content.count == name.count, bytes[content].elementsEqual(name) { return line }
        }
        return nil
    }

    /// Gives the instructions their meaning and sorts them into stages.
    mutating func buildStages() {
        for instruction in dockerfile.instructions {
            let isFirst = dockerfile.stages.isEmpty
            var builder = StatementBuilder(source: source, instruction: instruction)
            let command = builder.build()
            errors += builder.errors
            dockerfile.commands.append(command)
            if isFirst, let keyword = instruction.keyword, keyword != .from, keyword != .arg {
                report(.instructionBeforeFrom(keyword.rawValue), instruction.keywordWord.range)
            }
            guard let command else { continue }
            let statement = Statement(instruction: instruction, command: command)
            if case .from(let from) = command {
                dockerfile.stages.append(
                    Stage(
                        index: dockerfile.stages.count, name: from.name?.text.lowercased(), from: from,
                        instruction: instruction))
            } else if isFirst {
                if case .arg = command { dockerfile.metaArgs.append(statement) }
            } else {
                dockerfile.stages[dockerfile.stages.count - 1].statements.append(statement)
            }
        }
        let hasFrom = dockerfile.instructions.contains { $0.keyword == .from }
        if let last = dockerfile.instructions.last, !hasFrom, errors.isEmpty {
            report(.noStage, last.keywordWord.range)
        }
    }

    /// Gives trigger instructions their meaning; all that may not be one is an error.
    mutating func triggers() -> [Statement] {
        dockerfile.instructions.compactMap { instruction in
            var builder = StatementBuilder(source: source, instruction: instruction)
            let command = builder.build()
            errors += builder.errors
            builder.errors = []
            guard builder.checkTrigger(instruction) else {
                errors += builder.errors
                return nil
            }
            return command.map { Statement(instruction: instruction, command: $0) }
        }
    }
}
