// https://github.com/koalaman/shellcheck/wiki
import Core
import DockerfileSyntax
import ShellSyntax

/// A script of a Dockerfile as the program `shellcheck` gets it: a line that names the shell, a line with the variables
/// that the image sets by then, and the script.
package struct ShellCheckScript: Sendable {
    /// Index in the file's statements.
    package let statement: Int
    /// What shellcheck reads.
    package let text: [UInt8]
    /// Lines of ``text`` before the script's own.
    let headerLines: Int
    /// Bytes of ``text`` before the script's own.
    let headerLength: Int
    let script: LintScript
    /// Offset in the script of the first byte that was given to shellcheck: 0, or behind a line `#!…` of its own.
    let start: Int

    init(statement: Int, shebang: String, variables: [String], script: LintScript, start: Int) {
        self.statement = statement
        self.script = script
        self.start = start
        var header = shebang + "\n"
        if !variables.isEmpty { header += "export " + variables.map { $0 + "=1" }.joined(separator: " ") + "\n" }
        headerLines = variables.isEmpty ? 1 : 2
        var text = Array(header.utf8)
        headerLength = text.count
        for (index, byte) in script.shell.text.enumerated() where index >= start {
            let next = index + 1 < script.shell.text.count ? script.shell.text[index + 1] : 0
            // A line end of Windows is one all the same.
            text.append(byte == UInt8(ascii: "\r") && next == UInt8(ascii: "\n") ? UInt8(ascii: " ") : byte)
        }
        if text.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
        self.text = text
    }
}

extension LintFile {
    /// The scripts of RUN instructions that a POSIX shell runs, as hadolint hands them on: with the shell that SHELL or
    /// a pragma names, the variables that ENV and ARG set, and the proxies that every build may have.
    package var shellCheckScripts: [ShellCheckScript] {
        guard statements.contains(where: { $0.keyword == .run }) else { return [] }
        var collector = ShellCheckCollector(self)
        return collector.scripts()
    }
}

extension LintFile {
    /// Whether ``shellCheckScripts`` may have any.
    package var hasShellCheckScripts: Bool {
        statements.contains { statement in
            statement.keyword == .run && ShellCheckCollector.interesting(statement) != nil
        }
    }
}

/// Walks over a file and keeps what scripts see.
private struct ShellCheckCollector {
    /// What holds in a stage at some point.
    private struct Surroundings {
        /// The first line of scripts; nil when no POSIX shell runs them.
        var shebang: String?
        var variables: [String] = []
    }

    private let file: LintFile
    /// By stage, as it was left.
    private var stages: [Surroundings] = []
    private var current = Surroundings(shebang: "#!/bin/sh")
    /// What triggers see; a stage's own settings are not there yet where they run, but those of other triggers are.
    private var triggers: [String] = []
    private var initial = "#!/bin/sh" as String?

    init(_ file: LintFile) { self.file = file }

    mutating func scripts() -> [ShellCheckScript] {
        var out: [ShellCheckScript] = []
        var pragmas = file.settings.readsPragmas ? shellPragmas[...] : []
        for (index, statement) in file.statements.enumerated() {
            while let pragma = pragmas.first, pragma.offset < statement.outer.range.start {
                current.shebang = Self.shebang([pragma.shell])
                if stages.isEmpty { initial = current.shebang }
                pragmas.removeFirst()
            }
            switch statement.command {
            case .from: open(statement.stage)
            case .shell(let words) where !statement.isTrigger: current.shebang = Self.shebang(words.map(\.text))
            case .env(let pairs): add(pairs.map(\.name.text), statement)
            case .arg(let entries): add(entries.map(\.name.text), statement)
            case .run: if let script = script(statement, index) { out.append(script) }
            default: break
            }
            if let stage = statement.stage, stages.indices.contains(stage) { stages[stage] = current }
        }
        return out
    }

    private var shellPragmas: [(offset: Int, shell: String)] {
        file.pragmas.compactMap { _, comment, pragma in
            if case .shell(let name) = pragma { (comment.range.start, name) } else { nil }
        }
    }

    private mutating func open(_ stage: Int?) {
        let parent = stage.flatMap { file.stages.indices.contains($0) ? file.stages[$0].parent : nil }
        if let parent, stages.indices.contains(parent) {
            current = stages[parent]
        } else {
            current = Surroundings(shebang: initial)
        }
        triggers = []
        stages.append(current)
    }

    private mutating func add(_ names: [String], _ statement: LintStatement) {
        for name in names {
            let bare = name.utf8.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
            guard let first = bare.first, !(0x30...0x39).contains(first), bare.allSatisfy(Self.isNameByte) else {
                continue
            }
            let name = String(decoding: bare, as: UTF8.self)
            if statement.isTrigger {
                if !triggers.contains(name) { triggers.append(name) }
            } else if !current.variables.contains(name) {
                current.variables.append(name)
            }
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static let proxies = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
    ]

    /// The script of a RUN, unless ShellCheck can have nothing to say about it.
    static func interesting(_ statement: LintStatement) -> LintScript? {
        guard let script = statement.anyScript ?? statement.script, script.isEditable,
            !HarmlessScript.matches(script.shell)
        else { return nil }
        return script
    }

    private func script(_ statement: LintStatement, _ index: Int) -> ShellCheckScript? {
        // A trigger runs in an image that isn't written yet: with the shell that images have unless they say otherwise.
        guard var shebang = statement.isTrigger ? "#!/bin/sh" : current.shebang else { return nil }
        guard let script = Self.interesting(statement) else { return nil }
        var start = 0
        if script.shell.text.starts(with: "#!".utf8) {
            guard case .body = script.place else { return nil }
            let line = script.shell.text.prefix { $0 != UInt8(ascii: "\n") }
            let words = String(decoding: line.dropFirst(2), as: UTF8.self).split(whereSeparator: \.isWhitespace)
            guard let own = Self.shebang(words.map(String.init)) else { return nil }
            shebang = own
            start = min(line.count + 1, script.shell.text.count)
        }
        guard script.shell.text[start...].contains(where: { $0 > 0x20 }) else { return nil }
        let variables = statement.isTrigger ? triggers : current.variables
        return ShellCheckScript(
            statement: index, shebang: shebang,
            variables: Self.proxies + variables.filter { !Self.proxies.contains($0) }, script: script, start: start)
    }

    /// The first line for a shell that shellcheck knows. Of its options `-e` alone changes what is told.
    private static func shebang(_ words: [String]) -> String? {
        guard var program = words.first else { return nil }
        var options = words.dropFirst()
        var name = program.split(separator: "/").last.map(String.init) ?? program
        if name == "env", let next = options.first(where: { !$0.hasPrefix("-") }) {
            (program, name) = ("/usr/bin/" + next, next)
            options = options.drop { $0 != next }.dropFirst()
        } else if !program.hasPrefix("/") {
            program = "/bin/" + name
        }
        guard ["sh", "bash", "dash", "ash", "ksh"].contains(name), !program.utf8.contains(where: { $0 <= 0x20 }) else {
            return nil
        }
        let stopsOnErrors = options.contains { option in
            option == "errexit" || option.hasPrefix("-") && !option.hasPrefix("--") && option.contains("e")
        }
        return "#!" + program + (stopsOnErrors ? " -e" : "")
    }
}
