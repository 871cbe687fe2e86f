import ShellSyntax

/// Tells whether the packages that yum and dnf are to install have versions.
struct PackageVersions {
    private var known: KnownVariables
    private var knownByTriggers: KnownVariables

    init(_ file: LintFile) {
        known = KnownVariables(file, ofTriggers: false)
        knownByTriggers = KnownVariables(file, ofTriggers: true)
    }

    /// The first package without a version that the command installs. Statements are to be asked for in their order.
    mutating func loosePackage(of command: ShellCommand, in statement: LintStatement) -> ShellWord? {
        let isModule = command.hasArgument("module")
        for word in command.plainArguments() where word.text != "install" {
            if isModule {
                if word.text != "module", !word.text.utf8.contains(UInt8(ascii: ":")) { return word }
            } else if !isFixed(word, in: statement) {
                return word
            }
        }
        return nil
    }

    /// hadolint's idea of a fixed version: `-` and a digit, then only what versions have; or a file; or a variable that
    /// is known.
    private mutating func isFixed(_ word: ShellWord, in statement: LintStatement) -> Bool {
        guard word.text.utf8.contains(UInt8(ascii: "-")) else { return false }
        if word.text.hasSuffix(".rpm") { return true }
        guard word.text.utf8.contains(UInt8(ascii: "$")) else { return Self.hasVersion(word.text) }
        return statement.isTrigger
            ? knownByTriggers.holds(word, in: statement) : known.holds(word, in: statement)
    }

    private static func hasVersion(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var start = bytes.count
        while start > 0, isVersionByte(bytes[start - 1]) { start -= 1 }
        // The tail holds nothing but bytes of versions: some `-` with a digit behind it is to be in it.
        return bytes.indices.dropLast().contains { index in
            index + 1 >= start && bytes[index] == UInt8(ascii: "-") && bytes[index + 1] >= UInt8(ascii: "0")
                && bytes[index + 1] <= UInt8(ascii: "9")
        }
    }

    private static func isVersionByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: ":"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
