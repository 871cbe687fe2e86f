import Core
import ShellSyntax

/// A command that makes a program out of sources.
struct Compilation {
    let language: String
    let statement: LintStatement
    let command: ShellCommand

    init?(_ command: ShellCommand, _ call: Call, in statement: LintStatement) {
        guard let language = Self.language(call) else { return nil }
        self.language = language
        self.statement = statement
        self.command = command
    }

    private static func language(_ call: Call) -> String? {
        switch call.name {
        case "go": ["build", "install"].contains(call.verb) ? "Go" : nil
        case "cargo": ["build", "install", "b"].contains(call.verb) ? "Rust" : nil
        case "rustc": "Rust"
        case "swift": call.verb == "build" ? "Swift" : nil
        case "gcc", "cc", "g++", "c++", "clang", "clang++":
            call.arguments.contains { isSource($0.text) } ? "C" : nil
        case "cmake": call.has("--build") ? "C" : nil
        case "javac": "Java"
        case "mvn", "mvnw", "mvnd":
            call.arguments.contains { ["package", "install", "verify"].contains($0.text) } ? "Java" : nil
        case "gradle", "gradlew":
            call.arguments.contains { javaTasks.contains(String($0.text.split(separator: ":").last ?? "")) }
                ? "Java" : nil
        case "dotnet": ["build", "publish"].contains(call.verb) ? ".NET" : nil
        case "zig": call.verb.hasPrefix("build") ? "Zig" : nil
        case "ghc": "Haskell"
        case "stack", "cabal": ["build", "install"].contains(call.verb) ? "Haskell" : nil
        default: nil
        }
    }

    private static let javaTasks: Set<String> = ["build", "assemble", "bootJar", "jar", "shadowJar", "installDist"]

    private static func isSource(_ text: String) -> Bool {
        [".c", ".cc", ".cpp", ".cxx", ".o", ".m"].contains { text.hasSuffix($0) }
    }
}

extension LintFile {
    /// The stages whose files are in the image: the last, and those it stands on.
    var finalStages: [LintStage] { stages.last.map { chain(of: $0) } ?? [] }

    /// The statements of ``finalStages``, from the bottom up.
    var finalStatements: [LintStatement] {
        knownFinalStatements.value { finalStages.reversed().flatMap { Array(statements(of: $0)) } }
    }

    /// The first compilation whose compiler and sources are in the image.
    var finalCompilation: Compilation? {
        for statement in finalStatements where statement.isRun {
            let calls = statement.calls
            guard let found = calls.lazy.compactMap({ Compilation($0.command, $0.call, in: statement) }).first else {
                continue
            }
            // What the same RUN removes again is not in the image.
            if calls.contains(where: { Self.removesPackages($0.call) }) { continue }
            return found
        }
        return nil
    }

    private static func removesPackages(_ call: Call) -> Bool {
        switch call.name {
        case "apk": call.verb == "del"
        case "apt-get", "apt", "yum", "dnf", "microdnf", "zypper":
            ["purge", "remove", "autoremove", "erase"].contains(call.verb)
        default: false
        }
    }
}
