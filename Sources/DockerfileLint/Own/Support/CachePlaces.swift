import DockerfileSyntax

/// Where package managers keep what they fetch, in one stage.
struct CachePlaces {
    /// Where a command's cache is, as far as it is known.
    enum Place {
        case known([String])
        /// The command has one, somewhere.
        case unknown
    }

    /// A USER was set: homes are somewhere else.
    var hasUser = false
    /// Of the variables that move caches, those that the file sets.
    private var variables: [String: String] = [:]
    private let image: ImageIdentity?

    init(image: String?) { self.image = image.map { ImageIdentity($0) } }

    private static let names: Set<String> = [
        "BUN_INSTALL_CACHE_DIR", "CARGO_HOME", "COMPOSER_CACHE_DIR", "COMPOSER_HOME", "GOCACHE", "GOMODCACHE", "GOPATH",
        "GRADLE_USER_HOME", "HOME", "NPM_CONFIG_CACHE", "NUGET_PACKAGES", "PIP_CACHE_DIR", "PIP_NO_CACHE_DIR",
        "PNPM_HOME", "POETRY_CACHE_DIR", "UV_CACHE_DIR", "UV_NO_CACHE", "YARN_CACHE_FOLDER", "npm_config_cache",
    ]

    mutating func take(_ command: Command?) {
        guard case .env(let pairs) = command else { return }
        for pair in pairs where Self.names.contains(pair.name.text) {
            variables[pair.name.text] = String(pair.value.unquoted)
        }
    }

    /// Nil when the command keeps nothing.
    func place(of call: Call, _ file: LintFile) -> Place? {
        switch (call.name, call.verb) {
        case ("go", "build"), ("go", "install"), ("go", "test"), ("go", "vet"):
            return combined(goModules, moved("GOCACHE", home(".cache/go-build")))
        case ("go", "mod") where call.has("download"): return combined(goModules)
        case ("cargo", "build"), ("cargo", "install"), ("cargo", "fetch"), ("cargo", "b"):
            return combined(cargo.map { $0 + "/registry" }, cargo.map { $0 + "/git" })
        case ("npm", "ci"), ("npm", "install"), ("npm", "i"):
            return combined(moved("NPM_CONFIG_CACHE", moved("npm_config_cache", home(".npm"))))
        case ("yarn", "install"):
            let isBerry = call.has("--immutable") || file.project?.contents(of: ".yarnrc.yml") != nil
            return combined(
                moved("YARN_CACHE_FOLDER", isBerry ? home(".yarn/berry/cache") : "/usr/local/share/.cache/yarn"))
        case ("pnpm", "install"), ("pnpm", "i"):
            return combined(moved("PNPM_HOME", home(".local/share/pnpm")).map { $0 + "/store" })
        case ("bun", "install"): return combined(moved("BUN_INSTALL_CACHE_DIR", home(".bun/install/cache")))
        case ("pip", "install"), ("pip3", "install"):
            guard !call.has("--no-cache-dir"), !call.has("--no-index"), variables["PIP_NO_CACHE_DIR"] == nil else {
                return nil
            }
            return combined(moved("PIP_CACHE_DIR", home(".cache/pip")))
        case ("uv", "sync"), ("uv", "pip"):
            guard !call.has("--no-cache"), variables["UV_NO_CACHE"] == nil else { return nil }
            return combined(moved("UV_CACHE_DIR", home(".cache/uv")))
        case ("poetry", "install"):
            return call.has("--no-cache") ? nil : combined(moved("POETRY_CACHE_DIR", home(".cache/pypoetry")))
        case ("mvn", _) where !call.verb.isEmpty, ("mvnw", _) where !call.verb.isEmpty: return combined(home(".m2"))
        case ("gradle", _) where !call.verb.isEmpty, ("gradlew", _) where !call.verb.isEmpty:
            return combined(moved("GRADLE_USER_HOME", home(".gradle")))
        case ("composer", "install"):
            if call.has("--no-cache") { return nil }
            let start = moved("COMPOSER_HOME", image?.name == "composer" ? "/tmp" : home(".composer"))
            return combined(moved("COMPOSER_CACHE_DIR", start.map { $0 + "/cache" }))
        case ("dotnet", "restore"), ("dotnet", "build"), ("dotnet", "publish"):
            return combined(moved("NUGET_PACKAGES", home(".nuget/packages")))
        default: return nil
        }
    }

    private func combined(_ paths: String?...) -> Place {
        let known = paths.compactMap { $0 }
        return known.count == paths.count ? .known(known) : .unknown
    }

    /// The directory that a variable names, or else the usual one; nil when it isn't plain.
    private func moved(_ name: String, _ usual: String?) -> String? {
        guard let value = variables[name] else { return usual }
        return value.hasPrefix("/") && !value.utf8.contains { "$ \t\"'\\,".utf8.contains($0) } ? value : nil
    }

    private func home(_ path: String) -> String? {
        guard !hasUser else { return nil }
        return moved("HOME", "/root").map { "\($0)/\(path)" }
    }

    /// The language's own image, under whatever registry.
    private func isImage(_ name: String) -> Bool { image.map { PathText.name(of: $0.name) == name[...] } ?? false }

    /// A distribution, where programs use their own defaults.
    private var isPlain: Bool {
        switch image?.name {
        case "alpine", "debian", "ubuntu", "fedora", "rockylinux", "almalinux", "archlinux", "buildpack-deps", "gcc":
            true
        default: false
        }
    }

    private var goModules: String? {
        let usual = isImage("golang") ? "/go" : isPlain ? home("go") : nil
        return moved("GOMODCACHE", moved("GOPATH", usual).map { $0 + "/pkg/mod" })
    }

    private var cargo: String? {
        moved("CARGO_HOME", isImage("rust") ? "/usr/local/cargo" : isPlain ? home(".cargo") : nil)
    }
}
