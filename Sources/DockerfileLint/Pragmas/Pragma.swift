// https://github.com/hadolint/hadolint#inline-ignores
import Core
import DockerfileSyntax

/// A comment that tells the linter something.
package enum Pragma: Hashable, Sendable {
    /// `# hadolint ignore=CODES`: for the instruction that starts on the next line.
    case ignore([String])
    /// `# hadolint stage ignore=CODES`, on the line before a FROM: for that stage.
    case ignoreInStage([String])
    /// `# hadolint global ignore=CODES`: for the whole file.
    case ignoreEverywhere([String])
    /// `# hadolint shell=NAME`: what runs shell form from here on, for those who look into scripts.
    case shell(String)

    /// Reads a comment's text, without its `#`; nil for what isn't a pragma, down to the last byte: words behind the
    /// codes, a comma too many or a code of nobody's make it an ordinary comment.
    package init?(_ comment: String) {
        var reader = Reader(rest: comment.utf8[...])
        guard reader.word("hadolint") || reader.word("sampan"), reader.blanks() else { return nil }
        let isGlobal = reader.word("global")
        let isStage = !isGlobal && reader.word("stage")
        if isGlobal || isStage { guard reader.blanks() else { return nil } }
        if !isGlobal, !isStage, reader.word("shell") {
            guard reader.sign("=") else { return nil }
            let name = reader.token()
            guard !name.isEmpty, reader.isAtEnd else { return nil }
            self = .shell(name)
            return
        }
        guard reader.word("ignore"), reader.sign("=") else { return nil }
        var codes: [String] = []
        repeat {
            let code = reader.token()
            guard Self.isCode(code) else { return nil }
            codes.append(code)
        } while reader.sign(",")
        guard reader.isAtEnd else { return nil }
        self = isGlobal ? .ignoreEverywhere(codes) : isStage ? .ignoreInStage(codes) : .ignore(codes)
    }

    /// Made of digits and the letters of `DL` and `SC`, in any order as hadolint takes them, or a rule of ours.
    private static func isCode(_ text: String) -> Bool {
        let isTheirs = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "DLSC".utf8.contains($0) }
        return !text.isEmpty && isTheirs || RuleSet.rule(text) != nil
    }

    private struct Reader {
        var rest: String.UTF8View.SubSequence

        mutating func word(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard word.withUTF8Buffer({ rest.starts(with: $0) }) else { return false }
            rest = rest.dropFirst(count)
            return true
        }

        @discardableResult mutating func blanks() -> Bool {
            let count = rest.prefix { $0 == 0x20 || $0 == 0x09 }.count
            rest = rest.dropFirst(count)
            return count > 0
        }

        /// A sign with blanks around it.
        mutating func sign(_ sign: Unicode.Scalar) -> Bool {
            var ahead = self
            ahead.blanks()
            guard ahead.rest.first == UInt8(ascii: sign) else { return false }
            ahead.rest.removeFirst()
            ahead.blanks()
            self = ahead
            return true
        }

        /// Letters, digits and what programs' names have besides.
        mutating func token() -> String {
            let token = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "#") }
            rest = rest.dropFirst(token.count)
            return String(decoding: token, as: UTF8.self)
        }

        /// Nothing is left, or another comment begins.
        var isAtEnd: Bool {
            let next = rest.first { $0 != 0x20 && $0 != 0x09 }
            return next == nil || next == UInt8(ascii: "#")
        }
    }
}

extension LintFile {
    /// The comments between instructions, with their lines (from 0): those inside of one tell the linter nothing.
    var pragmas: [(line: Int, comment: Comment, pragma: Pragma)] {
        let comments = dockerfile.comments
        guard comments.contains(where: { $0.text.hasPrefix("hadolint") || $0.text.hasPrefix("sampan") }) else {
            return []
        }
        let end = dockerfile.instructions.last?.range.end ?? 0
        let before = dockerfile.instructions.flatMap(\.comments)
        let after = comments.filter { $0.range.start >= end }
        return (before + after).compactMap { comment in
            Pragma(comment.text).map { (source.line(at: comment.range.start), comment, $0) }
        }
    }
}
