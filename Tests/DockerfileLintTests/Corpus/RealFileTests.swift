import Testing

/// Real files in many dresses: line ends, tabs, comments inside instructions, the other escape, triggers, letters beyond
/// ASCII.
@Suite("Fixes of real files")
struct RealFileTests {
    private static func dresses(_ text: String) -> [(String, String)] {
        var out = [
            ("as it is", text),
            ("CRLF", text.replacing("\n", with: "\r\n")),
            ("tabs", text.replacing(" \\\n", with: "\t\\\n").replacing("    ", with: "\t")),
            ("no end of line", String(text.dropLast())),
            ("comments", text.replacing("\\\n", with: "\\\n# é ü 漢\n\t # another\n")),
            ("empty lines", text.replacing("\\\n", with: "\\  \n\n")),
            (
                "triggers",
                ["RUN", "CMD", "COPY", "ENV"].reduce(text) { $0.replacing("\n\($1) ", with: "\nONBUILD \($1)  ") }
            ),
            (
                "small letters",
                ["RUN", "CMD", "COPY", "ENV"].reduce(text) { $0.replacing("\n\($1) ", with: "\n\($1.lowercased())\t") }
            ),
            ("beyond ASCII", "# 漢字 🐳\n" + text.replacing("\nRUN ", with: "\nRUN echo \"é🐳\" && ")),
            (
                "everything on lines of its own",
                ["RUN", "CMD", "COPY", "ENV", "FROM"].reduce(text) {
                    $0.replacing("\n\($1) ", with: "\n\($1) \\\n# c\n \t")
                }
            ),
            ("blanks at the ends", text.replacing("\n", with: "  \t\n")),
        ]
        if !text.contains("escape="), !text.hasPrefix("# syntax") {
            out.append(("the other escape", "# escape=`\n" + text.replacing("\\\n", with: "`\n")))
        }
        return out
    }

    @Test("they mean the same after their safe fixes, and fixing ends", arguments: RealFiles.files.indices)
    func fixes(index: Int) {
        let (name, text) = RealFiles.files[index]
        for (dress, text) in Self.dresses(text) { _ = CorpusTests.check("\(name), \(dress)", text) }
    }
}
