import ShellSyntax

/// A command that fetches the packages a project depends on, as files of the project list them.
struct DependencyInstall {
    let tool: Substring
    /// The files that list the packages, those that every project has first.
    let manifests: [String]
    /// Fetches without looking at sources; nil when the command itself is that, or there is no such command.
    let fetch: String?
    /// The command compiles too, and so has to run again with every change of a source.
    let compiles: Bool
    /// The command can stand before the sources as it is.
    var isMovable: Bool { !compiles && !manifests.isEmpty }

    init?(_ call: Call) {
        tool = call.name
        var compiles = false
        var fetch: String?
        switch (call.name, call.verb) {
        case ("npm", "ci"), ("npm", "install"), ("npm", "i"):
            guard call.operands.isEmpty, !call.has("-g"), !call.has("--global") else { return nil }
            manifests = ["package.json", "package-lock.json", "npm-shrinkwrap.json"]
        case ("yarn", "install"), ("yarn", ""):
            guard !call.has("--version"), !call.has("-v") else { return nil }
            manifests = ["package.json", "yarn.lock", ".yarnrc.yml"]
        case ("pnpm", "install"), ("pnpm", "i"):
            guard call.operands.isEmpty, !call.has("-g"), !call.has("--global") else { return nil }
            manifests = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"]
        case ("bun", "install"): manifests = ["package.json", "bun.lockb", "bun.lock"]
        case ("pip", "install"), ("pip3", "install"), ("python", "pip"), ("python3", "pip"):
            guard let file = Self.requirements(call) else { return nil }
            manifests = [file]
        case ("pipenv", "install"), ("pipenv", "sync"): manifests = ["Pipfile", "Pipfile.lock"]
        case ("poetry", "install"):
            manifests = ["pyproject.toml", "poetry.lock"]
            // The project itself is installed too, unless told otherwise.
            compiles = !call.has("--no-root")
            if compiles { fetch = Self.text(call, with: "--no-root") }
        case ("uv", "sync"):
            manifests = ["pyproject.toml", "uv.lock"]
            compiles = !call.has("--no-install-project") && !call.has("--no-install-workspace")
            if compiles { fetch = Self.text(call, with: "--no-install-project") }
        case ("bundle", "install"), ("bundle", ""): manifests = ["Gemfile", "Gemfile.lock"]
        case ("composer", "install"): manifests = ["composer.json", "composer.lock"]
        case ("go", "mod") where call.has("download"), ("go", "get"):
            guard call.operands.allSatisfy({ $0.text == "download" }) else { return nil }
            manifests = ["go.mod", "go.sum"]
        case ("go", "build"), ("go", "install"):
            guard !call.arguments.contains(where: { $0.text.utf8.contains(UInt8(ascii: "@")) }) else { return nil }
            (manifests, compiles, fetch) = (["go.mod", "go.sum"], true, "go mod download")
        case ("swift", "build"):
            (manifests, compiles, fetch) = (["Package.swift", "Package.resolved"], true, "swift package resolve")
        case ("mvn", _) where call.has("package") || call.has("install") || call.has("verify"):
            (manifests, compiles, fetch) = (["pom.xml"], true, "mvn -B dependency:go-offline")
        case ("mvnw", _) where call.has("package") || call.has("install") || call.has("verify"):
            (manifests, compiles) = (["pom.xml"], true)
        case ("gradle", "build"), ("gradle", "bootJar"), ("gradle", "assemble"), ("gradlew", "build"),
            ("gradlew", "bootJar"), ("gradlew", "assemble"):
            (manifests, compiles) = (["build.gradle", "build.gradle.kts"], true)
        case ("dotnet", "restore"): manifests = []
        default: return nil
        }
        self.compiles = compiles
        self.fetch = fetch
    }

    /// Of those of ``manifests`` that every project has, the second says what exactly was resolved: without it there is
    /// nothing to fetch.
    var needsLock: Bool {
        switch tool {
        case "go", "swift", "uv", "poetry": compiles
        default: false
        }
    }

    /// The tool whose packages a call fetches although it is no ``DependencyInstall``.
    static func fetched(by call: Call) -> Substring? {
        switch (call.name, call.verb) {
        case ("swift", "package"): return call.has("resolve") ? call.name : nil
        case ("mvn", _), ("mvnw", _):
            return call.arguments.contains { $0.text.contains("dependency:") || $0.text.contains("go-offline") }
                ? call.name : nil
        case ("gradle", _), ("gradlew", _):
            return call.arguments.contains { $0.text.lowercased().contains("dependencies") } ? call.name : nil
        default: return nil
        }
    }

    /// The call's own words, with one more; nil when they need a closer look.
    private static func text(_ call: Call, with flag: String) -> String? {
        guard call.arguments.allSatisfy({ $0.isLiteral && !$0.hasQuotes && !$0.text.isEmpty }) else { return nil }
        return ([String(call.name)] + call.arguments.map(\.text) + [flag]).joined(separator: " ")
    }

    /// The file of `-r`; nil when packages are named, or the project itself is installed.
    private static func requirements(_ call: Call) -> String? {
        var isNext = false
        var file: String?
        for word in call.arguments {
            if isNext {
                file = word.text
                isNext = false
            } else if word.text == "-r" || word.text == "--requirement" {
                if file != nil { return nil }
                isNext = true
            } else if word.text.hasPrefix("--requirement=") {
                file = String(word.text.dropFirst(14))
            } else if word.text.hasPrefix("-r"), !word.text.hasPrefix("--") {
                file = String(word.text.dropFirst(2))
            } else if word.text == "." || word.text == "-e" || word.text.hasPrefix("./") {
                return nil
            }
        }
        guard let file, !file.utf8.contains(UInt8(ascii: "$")) else { return nil }
        return file.hasPrefix("./") ? String(file.dropFirst(2)) : file
    }
}
