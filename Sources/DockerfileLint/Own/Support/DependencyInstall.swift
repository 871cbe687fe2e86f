import ShellSyntax

/// A command that fetches the packages a project depends on, as files of the project list them.
struct DependencyInstall {
    let tool: Substring
    /// The files that list the packages, those that every project has first.
    let manifests: [String]
    /// Fetches without looking at sources; nil when the command itself is that.
    let fetch: String?
    /// The command compiles too, and so has to run again with every change of a source.
    var compiles: Bool { fetch != nil }

    init?(_ call: Call) {
        tool = call.name
        switch (call.name, call.verb) {
        case ("npm", "ci"), ("npm", "install"), ("npm", "i"):
            guard call.operands.isEmpty, !call.has("-g"), !call.has("--global") else { return nil }
            (manifests, fetch) = (["package.json", "package-lock.json", "npm-shrinkwrap.json"], nil)
        case ("yarn", "install"), ("yarn", ""):
            guard !call.has("--version"), !call.has("-v") else { return nil }
            (manifests, fetch) = (["package.json", "yarn.lock", ".yarnrc.yml"], nil)
        case ("pnpm", "install"), ("pnpm", "i"):
            guard call.operands.isEmpty, !call.has("-g"), !call.has("--global") else { return nil }
            (manifests, fetch) = (["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"], nil)
        case ("bun", "install"): (manifests, fetch) = (["package.json", "bun.lockb", "bun.lock"], nil)
        case ("pip", "install"), ("pip3", "install"), ("python", "pip"), ("python3", "pip"):
            guard let file = Self.requirements(call) else { return nil }
            (manifests, fetch) = ([file], nil)
        case ("pipenv", "install"), ("pipenv", "sync"): (manifests, fetch) = (["Pipfile", "Pipfile.lock"], nil)
        case ("poetry", "install"):
            // The project itself is installed too, unless told otherwise.
            guard call.has("--no-root") else { return nil }
            (manifests, fetch) = (["pyproject.toml", "poetry.lock"], nil)
        case ("bundle", "install"), ("bundle", ""): (manifests, fetch) = (["Gemfile", "Gemfile.lock"], nil)
        case ("composer", "install"): (manifests, fetch) = (["composer.json", "composer.lock"], nil)
        case ("go", "mod") where call.has("download"), ("go", "get"):
            guard call.operands.allSatisfy({ $0.text == "download" }) else { return nil }
            (manifests, fetch) = (["go.mod", "go.sum"], nil)
        case ("go", "build"), ("go", "install"):
            guard !call.arguments.contains(where: { $0.text.utf8.contains(UInt8(ascii: "@")) }) else { return nil }
            (manifests, fetch) = (["go.mod", "go.sum"], "go mod download")
        case ("swift", "build"): (manifests, fetch) = (["Package.swift", "Package.resolved"], "swift package resolve")
        case ("mvn", _) where call.has("package") || call.has("install") || call.has("verify"):
            (manifests, fetch) = (["pom.xml"], "mvn -B dependency:go-offline")
        default: return nil
        }
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
