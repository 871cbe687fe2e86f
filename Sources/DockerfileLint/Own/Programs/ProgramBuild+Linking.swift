import DockerfileSyntax
import ShellSyntax

extension LintFile {
    /// The command makes a program that is linked with the C library of its image, for sure.
    func isDynamic(_ build: ProgramBuild) -> Bool {
        let words = build.command.words
        switch build.language {
        case .c where build.tree != nil: return isDynamicTree(build)
        case .c:
            // Switches may come from variables and from other programs' output.
            return !words.contains { $0.hasExpansion || $0.text.hasPrefix("-static") || $0.text.hasPrefix("@") }
                && !words.contains { $0.text == "-shared" || $0.text == "-r" || $0.text == "--target" }
        case .go:
            return value(of: "CGO_ENABLED", for: build) == "1"
                && !words.contains { $0.text.contains("-static") || $0.text.hasPrefix("$") }
        case .rust:
            guard !words.contains(where: { $0.hasExpansion || $0.text.contains("musl") || $0.text.contains("wasm") }),
                !(value(of: "RUSTFLAGS", for: build) ?? "").contains("crt-static"),
                value(of: "CARGO_BUILD_TARGET", for: build) == nil,
                !words.contains(where: { $0.text.contains("crt-static") })
            else { return false }
            let config = project?.contents(of: ".cargo/config.toml") ?? project?.contents(of: ".cargo/config") ?? []
            return !config.holds("musl") && !config.holds("crt-static")
        case .swift:
            return !words.contains {
                $0.hasExpansion || $0.text.contains("sdk") || $0.text.contains("static-executable")
            }
        }
    }

    /// Nothing in the files of a build system, or in the stage that runs it, speaks of linking statically.
    private func isDynamicTree(_ build: ProgramBuild) -> Bool {
        guard let search = SourceSearch(self), let index = build.statement.stage,
            !mentions(["static", "STATIC", "musl", "toolchain", "TOOLCHAIN"], in: stages[index]),
            search.first(ending: "CMakeLists.txt", where: { _ in true }) != nil
        else { return false }
        return ["CMakeLists.txt", ".cmake", "CMakePresets.json"].allSatisfy { ending in
            search.first(ending: ending) { $0.holds("-static") || $0.holds("musl") || $0.holds("LINK_SEARCH_") } == nil
        }
    }

    /// The stage has files of an image's root or libraries besides its programs, so that more may be there than names
    /// tell.
    func hasLibraries(_ stage: LintStage) -> Bool {
        chain(of: stage).contains { stage in
            statements(of: stage).contains { statement in
                switch statement.command {
                case .add: true
                case .copy(let copy): isSystem(copy.transfer)
                case .run: true
                default: false
                }
            }
        }
    }

    private func isSystem(_ transfer: Transfer) -> Bool {
        let destination = PathText.joined("/", transfer.destination.text)
        if destination.contains("lib") { return true }
        return transfer.sources.contains { source in
            guard case .path(let word) = source else { return false }
            let path = PathText.joined("/", word.text)
            if path.contains("/lib") || path.contains("rootfs") || path.contains("$") || path.contains("*") {
                return true
            }
            return path == "/" || destination == "/" && path.hasSuffix("/")
        }
    }
}
