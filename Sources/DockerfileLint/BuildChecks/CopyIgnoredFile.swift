import Core
import DockerfileSyntax

enum CopyIgnoredFile: LintRule {
    static let info = RuleInfo(
        check: "CopyIgnoredFile", page: "copy-ignored-file",
        "Attempting to Copy file that is excluded by .dockerignore",
        why: """
            What the ignore file leaves out is not in the build context: copying it fails, or with a pattern silently \
            copies less. Change the one or the other.
            """,
        bad: .init("FROM scratch\nCOPY tmp/hello.txt /\n", files: [".dockerignore": "tmp/*\n"]),
        good: .init("FROM scratch\nCOPY hello.txt /\n", files: [".dockerignore": "tmp/*\n"]), isExperimental: true)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard let ignore = file.project?.ignoreFile, !hasExceptions(ignore.bytes),
            let matcher = try? IgnoreMatcher(SourceFile(name: ignore.name, bytes: ignore.bytes)), !matcher.isEmpty
        else { return }
        for statement in file.statements where !statement.isTrigger {
            let verb: String
            let sources: [CopySource]
            switch statement.command {
            case .copy(let copy) where copy.from == nil: (verb, sources) = ("Copy", copy.transfer.sources)
            case .add(let add): (verb, sources) = ("Add", add.transfer.sources)
            default: continue
            }
            for case .path(let word) in sources where isLocal(word.text) {
                let path = BytePath(cleaning: word.text)
                guard matcher.excludes(path) else { continue }
                report.add(
                    word.range, in: statement,
                    "Attempting to \(verb) file \"\(word.text)\" that is excluded by \(ignore.name)")
            }
        }
    }

    /// With exceptions a directory may be left out while files in it are not.
    private static func hasExceptions(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            line.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "!")
        }
    }

    private static func isLocal(_ text: String) -> Bool {
        !text.utf8.contains(UInt8(ascii: "$")) && !text.contains("://") && !text.hasPrefix("git@")
    }
}
