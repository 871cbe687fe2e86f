// https://docs.swift.org/package-manager/PackageDescription/PackageDescription.html

/// A Swift package.
struct SwiftDetector {
    private let input: DetectionInput
    private let manifest: String

    init(_ input: DetectionInput) {
        self.input = input
        manifest = input.tree.text("Package.swift") ?? ""
    }

    func project() throws(ProjectError) -> Project {
        let tree = input.tree
        var targets = names(after: ".executableTarget(")
        let products = names(after: ".executable(")
        // A product names what is shipped; of targets alone, each is a product.
        if !products.isEmpty { targets = products }
        guard let main = targets.first else {
            throw .nothingToRun(
                .swift, looked: "Package.swift has no executableTarget",
                hint: "a library needs no image; run it where the program is")
        }
        let name = names(after: "Package(").first ?? main
        var project = Project(kind: .swift, name: targets.contains(name) ? name : main)
        let tools = toolsVersion
        project.conclude("package", name, tools.map { "swift-tools-version \($0)" } ?? "Package.swift")
        for target in targets { project.conclude("program", "\(target) → /\(target)", "Package.swift") }
        let sources = tree.files(".swift").filter { !$0.hasPrefix("Tests/") && $0 != "Package.swift" }
        ServiceSigns(tree, in: sources).apply(to: &project, input.choices)

        let version = version(tools, &project)
        let image = "swift:\(version.short)-\(Images.debian)"
        project.build = StagePlan(image: image, lines: build(targets))
        runtime(sources, version, &project)
        DataFiles(tree, sources: sources).apply(to: &project)
        project.programs = targets.map { target in
            var copies = ["COPY --from=build /out/\(target) /\(target)"]
            if hasResources { copies.append("COPY --from=build /out/resources/ /") }
            return ProgramPlan(name: Words.safeName(target), copies: copies, entrypoint: ["/" + target])
        }
        if let index = targets.firstIndex(of: name), index > 0 {
            project.programs.insert(project.programs.remove(at: index), at: 0)
        }
        project.maxSize = "40MB"
        project.policy += ["linkage:", "  require: resolved"]
        return project
    }

    /// What `.swift-version` names, else the newest Swift that reads such a manifest.
    private func version(_ tools: Version?, _ project: inout Project) -> Version {
        let pinned = input.tree.text(".swift-version").flatMap { Version($0.drop { !("0"..."9").contains($0) }) }
        // Before Swift 5.9 there was no image on this Debian.
        let isThere = pinned.map { $0.line >= Version(5, 9) && $0.line >= tools?.line ?? $0.line } ?? false
        let newest = Images.line(Images.swift, atLeast: nil)
        let version = isThere ? pinned?.line ?? newest : max(newest, tools?.line ?? newest)
        let why =
            isThere ? ".swift-version" : tools.map { "reads manifests of Swift \($0)" } ?? "no version is asked for"
        project.conclude("builder", "swift:\(version.short)-\(Images.debian)", why)
        return version
    }

    private var hasResources: Bool { manifest.contains("resources:") }
    private var hasDependencies: Bool { manifest.contains(".package(url:") || manifest.contains(".package(id:") }

    private var toolsVersion: Version? {
        guard let line = manifest.split(separator: "\n").first, let colon = line.firstIndex(of: ":"),
            line.contains("swift-tools-version")
        else { return nil }
        return Version(Words.trimmed(line[line.index(after: colon)...]))
    }

    /// The names that calls of the manifest begin with.
    private func names(after call: String) -> [String] {
        var out: [String] = []
        var rest = manifest[...]
        while let found = rest.firstRange(of: call) {
            rest = rest[found.upperBound...]
            let head = rest.prefix(200)
            if let label = head.firstRange(of: "name:"), let name = Words.quoted(head[label.upperBound...]).first,
                Words.isPlain(name),
                !out.contains(name)
            {
                out.append(name)
            }
        }
        return out
    }

    private func build(_ targets: [String]) -> [String] {
        var lines = ["WORKDIR /src"]
        if hasDependencies {
            lines += [
                "# Packages change less often than sources: they are fetched anew when one of these files changes.",
                "COPY Package.swift\(input.tree.has("Package.resolved") ? " Package.resolved" : "") ./",
                "RUN --mount=type=cache,target=/root/.cache/org.swift.swiftpm \\",
                "    --mount=type=cache,target=/build \\",
                "    swift package --scratch-path /build resolve",
            ]
        }
        lines += [
            "COPY . .", "RUN --mount=type=cache,target=/root/.cache/org.swift.swiftpm \\",
            "    --mount=type=cache,target=/build \\",
        ]
        let options = "-c release --scratch-path /build --static-swift-stdlib -Xlinker -s"
        var commands = targets.map { "swift build \(options) --product \($0)" } + ["install -d /out/resources"]
        commands.append("install " + targets.map { "/build/release/" + $0 }.joined(separator: " ") + " /out/")
        if hasResources {
            commands.append("find /build/release/ -maxdepth 1 -name '*.resources' -exec cp -R {} /out/resources/ \\;")
        }
        lines.append("    " + commands.joined(separator: " \\\n    && "))
        return lines.flatMap { $0.split(separator: "\n").map(String.init) }
    }

    private func runtime(_ sources: [String], _ version: Version, _ project: inout Project) {
        project.conclude("linked", "the Swift runtime inside, the C library beside", "--static-swift-stdlib")
        let libraries = [("import FoundationNetworking", "libcurl4"), ("import FoundationXML", "libxml2")].compactMap {
            name, package in
            input.tree.firstLine(in: sources, { $0.hasPrefix(name) ? true : nil }).map {
                (package: package, why: "\(name) in \($0.place)")
            }
        }
        for library in libraries { project.conclude("needs", library.package, library.why) }
        let packages = libraries.map(\.package)
        guard input.images == .assembled else {
            project.runtime = StagePlan(image: "swift:\(version.short)-\(Images.debian)-slim")
            project.conclude("base", project.runtime.image, "what a Swift program links to")
            return
        }
        if packages.isEmpty {
            project.runtime = StagePlan(image: "base:swift")
            project.conclude("base", "base:swift", "the C library, the C++ runtime, zlib; certificates, time zones")
        } else {
            project.recipes.append(
                RecipePlan(
                    name: "runtime.yaml", extends: "swift", packages: packages,
                    why: "What the program runs on: the libraries that Foundation needs, and nothing else."))
            project.runtime = StagePlan(image: "base:runtime.yaml")
            project.conclude("base", "base:runtime.yaml", "base:swift with \(packages.joined(separator: ", "))")
        }
    }
}
