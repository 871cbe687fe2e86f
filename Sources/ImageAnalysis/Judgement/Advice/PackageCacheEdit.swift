internal import Core

/// How an instruction leaves no cache of the package manager that it calls.
enum PackageCacheEdit {
    /// Options that keep each program from having a cache, put in behind the word that asks for an installation.
    private static let options: [(programs: Set<String>, words: Set<String>, option: String)] = [
        (["pip", "pip3"], ["install", "download", "wheel"], "--no-cache-dir"),
        (["apk"], ["add"], "--no-cache"),
        (["uv"], ["install", "sync"], "--no-cache"),
        (["poetry"], ["install"], "--no-cache"),
    ]

    /// What is called after an installation.
    private static let cleaning: [(programs: Set<String>, command: String)] = [
        (["apt-get", "apt", "aptitude"], "apt-get clean"),
        (["dnf"], "dnf clean all"), (["yum"], "yum clean all"), (["microdnf"], "microdnf clean all"),
        (["zypper"], "zypper clean --all"), (["npm"], "npm cache clean --force"),
        (["yarn"], "yarn cache clean"), (["pnpm"], "pnpm store prune"), (["composer"], "composer clear-cache"),
        (["conda", "mamba"], "conda clean -afy"),
    ]

    /// Directories that a build does well to keep from one time to the next.
    private static let mounts: [(programs: Set<String>, target: String)] = [
        (["go"], "/root/.cache/go-build"), (["go"], "/go/pkg/mod"), (["cargo"], "/usr/local/cargo/registry"),
        (["mvn"], "/root/.m2"), (["gradle", "gradlew"], "/root/.gradle"), (["dotnet"], "/root/.nuget"),
    ]

    /// - Parameter roots: the directories that hold what stays.
    static func edit(_ instruction: HistoryInstruction, _ roots: [BytePath]) -> String? {
        guard let shell = instruction.shell else { return nil }
        let commands = ShellCommands(shell)
        for (programs, words, option) in options {
            let targets = commands.calls(of: programs).compactMap { call in
                call.contains { $0.text == option } ? nil : call.first { words.contains($0.text) }
            }
            if !targets.isEmpty { return instruction.withShell(commands.inserting(" " + option, behind: targets)) }
        }
        let found = mounts.filter { commands.call(of: $0.programs) != nil }
        if !found.isEmpty {
            return instruction.withFlags(found.map { "--mount=type=cache,target=\($0.target)" })
        }
        let clean = cleaning.filter { commands.call(of: $0.programs) != nil }.map(\.command).filter {
            !shell.contains($0)
        }
        // Whether cleaning would reach them is known of the program's own directories alone.
        if !clean.isEmpty { return instruction.appending(clean.joined(separator: " && ")) }
        guard !roots.isEmpty, roots.count <= 4 else { return nil }
        return instruction.appending("rm -rf " + roots.map(AdviceText.quoted).joined(separator: " "))
    }
}
