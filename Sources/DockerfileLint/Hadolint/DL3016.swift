import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3016
enum DL3016: ShellCommandRule {
    static let info = RuleInfo(
        "DL3016", .hadolint, .warning, "Package without a version in npm install",
        why: """
            Without a version npm takes what was published last. Write `package@version`, or install from a lock file \
            with `npm ci`.
            """,
        bad: .init("FROM node:22\nRUN npm install --global serve\n"),
        good: .init("FROM node:22\nRUN npm install --global serve@14.2.4\n"))

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("npm") && unpinned(command) != nil
    }

    static func place(of command: ShellCommand) -> Range<Int> { unpinned(command)?.range ?? command.range }

    private static func unpinned(_ command: ShellCommand) -> ShellWord? {
        let words = command.plainArguments(withoutValuesOf: ["loglevel", "registry"])
        guard words.first?.text == "install" else { return nil }
        return words.first { $0.text != "install" && !isPinned($0.text) }
    }

    private static let repositories = ["git://", "git+ssh://", "git+http://", "git+https://"]
    private static let folders = ["/", "./", "../", "~/"]
    private static let archives = [".tar", ".tar.gz", ".tgz"]

    private static func isPinned(_ package: String) -> Bool {
        if repositories.contains(where: { package.hasPrefix($0) }) { return package.utf8.contains(UInt8(ascii: "#")) }
        if folders.contains(where: { package.hasPrefix($0) }) || archives.contains(where: { package.hasSuffix($0) }) {
            return true
        }
        if package.hasPrefix("@") {
            // The scope's own sign is no version's.
            guard let slash = package.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
            return package.utf8[slash...].contains(UInt8(ascii: "@"))
        }
        return package.utf8.contains(UInt8(ascii: "@"))
    }
}
