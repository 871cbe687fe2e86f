import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3013
enum DL3013: ShellCommandRule {
    static let info = RuleInfo(
        "DL3013", .hadolint, .warning, "Package without a version in pip install",
        why: """
            Without a version the build takes whatever was published last, for the package and for what it needs. Write \
            `package==version`, or put versions (and hashes) into a file for `--requirement`.
            """,
        bad: .init("FROM python:3.12\nRUN pip install --no-cache-dir requests\n"),
        good: .init("FROM python:3.12\nRUN pip install --no-cache-dir requests==2.32.3\n"))

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        PipCommand.isInstall(command) && unpinned(command) != nil
    }

    static func place(of command: ShellCommand) -> Range<Int> { unpinned(command)?.range ?? command.range }

    private static func unpinned(_ command: ShellCommand) -> ShellWord? {
        if command.hasArgument(oneOf: ["-r", "--requirement", "."]) || command.hasFlag("c", "constraint") {
            return nil
        }
        let words = command.plainArguments(withoutValuesOf: withValue)
        return words.drop { $0.text != "install" }.drop { $0.text == "install" }.first { !isPinned($0.text) }
    }

    /// Flags whose value is no package.
    private static let withValue = [
        "abi", "b", "build", "e", "editable", "extra-index-url", "f", "find-links", "i", "implementation",
        "index-url", "no-binary", "only-binary", "platform", "prefix", "progress-bar", "proxy", "python",
        "python-version", "root", "root-user-action", "src", "t", "target", "trusted-host", "upgrade-strategy",
    ]

    private static let signs = ["==", ">=", "<=", ">", "<", "!=", "~="]
    private static let repositories = [
        "git", "svn", "hg+http", "hg+ssh", "hg+static-http", "hg+file", "bzr+http", "bzr+ssh", "bzr+sftp", "bzr+ftp",
        "bzr+lp",
    ]

    private static func isPinned(_ package: String) -> Bool {
        if package.hasSuffix(".whl") || package.hasSuffix(".tar.gz") { return true }
        if signs.contains(where: { package.contains($0) }) { return true }
        if isRepository(package) { return package.utf8.contains(UInt8(ascii: "@")) }
        return package.utf8.contains(UInt8(ascii: "/"))
    }

    /// An address of a version control system; hadolint looks no further than its start.
    private static func isRepository(_ package: String) -> Bool {
        repositories.contains { package.hasPrefix($0) }
    }
}
