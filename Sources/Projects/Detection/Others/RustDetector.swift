// https://doc.rust-lang.org/cargo/reference/manifest.html

/// A Cargo package or workspace.
struct RustDetector {
    private let input: DetectionInput
    private let manifest: TOMLLines
    private let lock: String

    init(_ input: DetectionInput) {
        self.input = input
        manifest = TOMLLines(input.tree.text("Cargo.toml") ?? "")
        lock = input.tree.text("Cargo.lock") ?? ""
    }

    func project() throws(ProjectError) -> Project {
        let tree = input.tree
        let binaries = binaries
        guard let main = binaries.first else {
            throw .nothingToRun(
                .rust, looked: "there is no src/main.rs, no src/bin, no [[bin]], and no member with one",
                hint: "a library needs no image; run it where the program is")
        }
        var project = Project(kind: .rust, name: main)
        if let package = manifest.text("package", "name") {
            project.conclude(
                "package", package, manifest.text("package", "edition").map { "edition \($0)" } ?? "Cargo.toml")
        }
        for name in binaries { project.conclude("program", "\(name) → /\(name)", "Cargo.toml, src") }
        let sources = tree.files(".rs").filter { !$0.hasPrefix("tests/") && !$0.contains("/tests/") }
        ServiceSigns(tree, in: sources).apply(to: &project, input.choices)
        let image = image(&project)
        project.build = StagePlan(image: image, lines: build(binaries))
        runtime(&project)
        DataFiles(tree, sources: sources).apply(to: &project)
        project.programs = binaries.map {
            ProgramPlan(
                name: Words.safeName($0), copies: ["COPY --from=build /out/\($0) /\($0)"], entrypoint: ["/" + $0])
        }
        project.ignored += ["**/target"]
        project.maxSize = "40MB"
        project.policy += ["linkage:", "  require: resolved"]
        if lock.isEmpty {
            project.remarks.append("there is no Cargo.lock: commit it, so that each build takes the same crates")
        }
        return project
    }

    private func image(_ project: inout Project) -> String {
        let file = input.tree.first("rust-toolchain.toml", "rust-toolchain")
        let text = file.flatMap { input.tree.text($0) } ?? ""
        let channel = TOMLLines(text).text("toolchain", "channel") ?? Words.split(text).first ?? ""
        let image: String
        if let file, let pinned = Version(channel), !channel.contains("-"), pinned >= Version(1, 70) {
            // rustup fetches what the image lacks, so that the tag is exactly the toolchain that is asked for.
            image = "rust:\(pinned)-\(Images.debian)"
            project.conclude("builder", image, "\(file) pins \(channel)")
        } else {
            let tables = ["package", "workspace.package"]
            let wanted = tables.compactMap { manifest.text($0, "rust-version") }.first.flatMap { Version($0) }
            image = "rust:\(Images.line(Images.rust, atLeast: wanted?.line).short)-\(Images.debian)"
            let asked = wanted.map { "rust-version is \($0)" } ?? "Cargo.toml names no version"
            if let file, channel == "stable" {
                // The image's own is a stable one; rustup would fetch another of that name.
                project.ignored += ["rust-toolchain*"]
                project.conclude("builder", image, "\(file) asks for the stable one")
            } else {
                project.conclude("builder", image, asked)
                if let file, !channel.isEmpty {
                    project.remarks.append(
                        "\(file) asks for the toolchain \(channel): rustup fetches it in each build that has no cache")
                }
            }
        }
        return image
    }

    private var binaries: [String] {
        let tree = input.tree
        var out: [String] = []
        func add(_ name: String?) {
            if let name, Words.isPlain(name), !out.contains(name) { out.append(name) }
        }
        // The directory of each package with its manifest.
        let manifests = tree.paths.filter { $0 == "Cargo.toml" || $0.hasSuffix("/Cargo.toml") }
        for path in manifests {
            let directory = path == "Cargo.toml" ? "" : Words.directory(path) + "/"
            guard let text = tree.text(path) else { continue }
            let own = TOMLLines(text)
            let named = own.entries.filter { $0.table == "bin" && $0.key == "name" }.compactMap {
                Words.quoted($0.value).first
            }
            if named.isEmpty, tree.has(directory + "src/main.rs") { add(own.text("package", "name")) }
            for name in named { add(name) }
            for file in tree.paths where file.hasPrefix(directory + "src/bin/") {
                let rest = file.dropFirst((directory + "src/bin/").count)
                let name =
                    rest.contains("/")
                    ? (rest.hasSuffix("/main.rs") ? String(rest.dropLast(8)) : nil)
                    : rest.hasSuffix(".rs") ? String(rest.dropLast(3)) : nil
                if named.isEmpty { add(name) }
            }
        }
        return out
    }

    private func build(_ binaries: [String]) -> [String] {
        let tree = input.tree
        let locked = lock.isEmpty ? "" : " --locked"
        let registry = "RUN --mount=type=cache,target=/usr/local/cargo/registry \\"
        var lines = ["WORKDIR /src"]
        let isPlain =
            manifest.tables.contains("package") && !manifest.tables.contains("workspace") && tree.has("src/main.rs")
        if isPlain, manifest.tables.contains(where: { $0.hasPrefix("dependencies") }) {
            lines += [
                "# Crates change less often than sources. Cargo reads no manifest without a program: an empty one will do.",
                "COPY Cargo.toml\(lock.isEmpty ? "" : " Cargo.lock") ./", registry,
                "    install -D /dev/null src/main.rs && cargo fetch\(locked)",
            ]
        }
        lines += [
            "COPY . .", registry, "    --mount=type=cache,target=/src/target \\",
            "    cargo build --release\(locked)\(binaries.map { " --bin " + $0 }.joined()) \\",
            "    && install -d /out \\",
            "    && install -s " + binaries.map { "target/release/" + $0 }.joined(separator: " ") + " /out/",
        ]
        return lines
    }

    private func runtime(_ project: inout Project) {
        let names = lock.split(separator: "\n").filter { $0.hasPrefix("name = ") }.compactMap { Words.quoted($0).first }
        let native = names.filter {
            $0.hasSuffix("-sys") && !["linux-raw-sys", "windows-sys", "js-sys", "web-sys"].contains($0)
        }
        let isTLS = names.contains("openssl-sys")
        let known = ["openssl-sys"]
        project.conclude("linked", "against the C library", "cargo's own target; crates are inside the program")
        if isTLS { project.conclude("needs", "OpenSSL", "openssl-sys in Cargo.lock") }
        for name in native where !known.contains(name) {
            project.remarks.append(
                "\(name) may want a C library: where it does not bring its own, name its package in a recipe (docs/bases.md)"
            )
        }
        project.runtime = Runtime.dynamic(isPlusPlus: true, input.images)
        project.conclude("base", project.runtime.image, "glibc, libgcc; OpenSSL, certificates, time zones")
    }
}
