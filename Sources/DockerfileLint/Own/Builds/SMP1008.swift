import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1008: LintRule {
    static let info = RuleInfo(
        "SMP1008", .sampan, .info, "The package manager's cache stays in the image",
        why: """
            What a package manager downloads to install from it is of no use afterwards, and often as large as what was \
            installed. Remove it in the RUN that made it (a later one can't make the layer smaller), or let a cache mount \
            hold it.
            """,
        bad: .init("FROM node:24-slim\nCOPY package*.json ./\nRUN npm ci --omit=dev\n"),
        good: .init("FROM node:24-slim\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\n"),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        let compiles = file.finalCompilation != nil
        let variables = file.finalStatements.reduce(into: Set<String>()) { names, statement in
            guard case .env(let pairs) = statement.command else { return }
            names.formUnion(pairs.map(\.name.text))
        }
        for statement in file.finalStatements where statement.isRun && !statement.hasMount("cache") {
            guard let script = statement.script else { continue }
            let calls = statement.calls
            var judged: Set<Substring> = []
            for (command, call) in calls {
                guard let cache = Cache(call), judged.insert(call.name).inserted else { continue }
                // A compiler that stays in the image is told of as a whole.
                if isCleaned(cache, calls.map(\.call)) || cache.switches.contains(where: variables.contains)
                    || (compiles && call.name == "cargo")
                {
                    continue
                }
                var fix: Fix?
                if let clean = cache.clean, let edit = script.appending(clean, in: statement) {
                    fix = Fix("clean the cache", [edit])
                } else if let flag = cache.flag, let verb = call.arguments.first(where: { $0.text == call.verb }),
                    let edit = script.insertion(of: flag, behind: verb)
                {
                    fix = Fix("add \(flag)", [edit])
                }
                report.add(
                    script.range(command.range), in: statement,
                    "The cache of \(call.name) stays in the image (\(cache.place)): clean it in this RUN, or mount it with "
                        + "--mount=type=cache", fix: fix)
                break
            }
        }
    }

    /// What one package manager leaves behind.
    private struct Cache {
        let place: String
        /// Cleans up.
        var clean: String?
        /// Keeps it from keeping anything.
        var flag: String?
        /// What calls that clean up begin with.
        let cleaners: [String]
        /// Variables that turn it off.
        var switches: [String] = []

        init?(_ call: Call) {
            switch (call.name, call.verb) {
            case ("npm", "ci"), ("npm", "install"), ("npm", "i"):
                (place, clean) = ("~/.npm", "npm cache clean --force")
                (cleaners, switches) = (["npm cache", ".npm"], ["npm_config_cache", "NPM_CONFIG_CACHE"])
            case ("pnpm", "install"), ("pnpm", "i"), ("pnpm", "add"):
                (place, clean, cleaners) = ("its store", nil, ["pnpm store", "pnpm/store"])
                switches = ["PNPM_HOME"]
            case ("conda", "install"), ("mamba", "install"), ("micromamba", "install"), ("conda", "env"):
                (place, clean) = ("pkgs", "\(call.name) clean -afy")
                cleaners = ["conda clean", "mamba clean", "micromamba clean", "/pkgs"]
            case ("composer", "install"), ("composer", "require"):
                guard !call.has("--no-cache") else { return nil }
                (place, flag, cleaners) = (
                    "~/.composer/cache", nil, ["composer clear", "composer cc", "composer/cache"]
                )
                clean = "composer clear-cache"
                switches = ["COMPOSER_CACHE_DIR"]
            case ("poetry", "install"):
                guard !call.has("--no-cache") else { return nil }
                (place, flag) = ("~/.cache/pypoetry", "--no-cache")
                (cleaners, switches) = (["poetry cache", "pypoetry"], ["POETRY_NO_CACHE", "POETRY_CACHE_DIR"])
            case ("uv", "sync"), ("uv", "pip"):
                guard !call.has("--no-cache"), !call.has("-n") else { return nil }
                (place, flag) = ("~/.cache/uv", call.verb == "sync" ? "--no-cache" : nil)
                (cleaners, switches) = (["uv cache", ".cache"], ["UV_NO_CACHE", "UV_CACHE_DIR"])
            case ("cargo", "install"):
                (place, cleaners) = ("$CARGO_HOME/registry", [".cargo", "cargo/registry"])
            default: return nil
            }
        }
    }

    private static func isCleaned(_ cache: Cache, _ calls: [Call]) -> Bool {
        calls.contains { call in
            let text = ([String(call.name)] + call.arguments.map(\.text)).joined(separator: " ")
            return cache.cleaners.contains { cleaner in
                cleaner.utf8.contains(UInt8(ascii: " "))
                    ? text.hasPrefix(cleaner) : call.name == "rm" && [UInt8](text.utf8).holds(text: cleaner)
            } || (call.name == "rm" && call.arguments.contains { ["~/.cache", "/root/.cache"].contains($0.text) })
        }
    }

    /// The rule has something to say about the call where it stands in the image, or finds it cleaned up after.
    static func judges(_ call: Call) -> Bool { Cache(call) != nil }
}

extension [UInt8] {
    /// Some part of the bytes is this text.
    func holds(text: String) -> Bool {
        var text = text
        return text.withUTF8 { holds($0) }
    }
}
