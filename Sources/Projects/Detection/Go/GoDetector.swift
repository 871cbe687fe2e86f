/// A Go module or workspace.
struct GoDetector {
    private let input: DetectionInput
    private let module: GoModule
    private let isWorkspace: Bool
    /// Files that are built, by path.
    private let files: [(path: String, file: GoFile)]
    private var tree: ProjectTree { input.tree }
    private var sources: [String] { files.map(\.path) }

    init(_ input: DetectionInput) {
        self.input = input
        let tree = input.tree
        isWorkspace = tree.has("go.work")
        module = GoModule(tree.text("go.mod") ?? tree.text("go.work") ?? "")
        // A directory with a go.mod of its own is another module, which ./... does not mean.
        let others = isWorkspace ? [] : tree.paths.filter { $0.hasSuffix("/go.mod") }.map { Words.directory($0) + "/" }
        files = tree.files(".go").compactMap { path in
            let parts = path.split(separator: "/").dropLast()
            guard !path.hasSuffix("_test.go"), !others.contains(where: path.hasPrefix),
                !parts.contains(where: { $0 == "vendor" || $0 == "testdata" || $0.hasPrefix("_") || $0.hasPrefix(".") }
                ),
                let text = tree.text(path)
            else { return nil }
            let file = GoFile(text)
            return file.isIgnored ? nil : (path, file)
        }
    }

    func project() throws(ProjectError) -> Project {
        var project = Project(kind: .go, name: module.path.isEmpty ? input.name : module.name)
        if !module.path.isEmpty { project.conclude("module", module.path, version) }
        let mains = try mainPackages(&project)
        let cgo = usesCgo()
        let needs = needs()
        let embeds = embedded(&project)

        ServiceSigns(tree, in: sources).apply(to: &project, input.choices)
        project.build = build(mains, cgo: cgo, embeds: embeds, &project)
        runtime(cgo: cgo, needs: needs, &project)
        project.programs = mains.map { main in
            ProgramPlan(
                name: main.name, copies: ["COPY --from=build /out/\(main.name) /\(main.name)"],
                entrypoint: ["/" + main.name])
        }
        healthCommand(mains, &project)
        DataFiles(tree, sources: sources).apply(to: &project)
        project.maxSize = "40MB"
        project.policy += cgo == nil ? ["linkage:", "  require: static"] : ["linkage:", "  require: resolved"]
        return project
    }

    // MARK: - Programs

    private struct MainPackage {
        /// `./cmd/web`
        var path: String
        var name: String
    }

    private var version: String {
        module.go.map { "go \($0)" } ?? "no go version is named"
    }

    private func mainPackages(_ project: inout Project) throws(ProjectError) -> [MainPackage] {
        var directories: [String] = []
        for (path, file) in files where file.package == "main" {
            let directory = Words.directory(path)
            guard Words.isPlain(directory) else {
                project.remarks.append("\(directory) has a program, but a name that no shell takes as it is")
                continue
            }
            if !directories.contains(directory) { directories.append(directory) }
        }
        guard !directories.isEmpty else {
            throw .nothingToRun(
                .go, looked: "no file begins with 'package main'",
                hint: "a library needs no image; run it where the program is")
        }
        let known = directories.map { directory in
            MainPackage(
                path: directory == "." ? "." : "./" + directory,
                name: directory == "." ? project.name : Words.safeName(Words.name(directory)))
        }
        // Examples and tools of the development are programs, too, but nobody ships them.
        let side: Set<Substring> = [
            "examples", "example", "tools", "hack", "internal", "scripts", "test", "tests", "bench",
        ]
        let shipped = known.filter { !$0.path.split(separator: "/").contains(where: side.contains) }
        var chosen = shipped.isEmpty ? known : shipped
        // The program that is called as the module, or that serves, is what people mean.
        let first = chosen.firstIndex { $0.name == project.name } ?? chosen.firstIndex { isServer($0) } ?? 0
        chosen.insert(chosen.remove(at: first), at: 0)
        // Two directories may have one name: cmd/a/main, cmd/b/main.
        var names: Set<String> = []
        chosen = chosen.filter { names.insert($0.name).inserted }
        for main in chosen {
            project.conclude(
                "program", "\(main.path) → /\(main.name)", chosen.count == 1 ? "the only package main" : "package main")
        }
        return chosen
    }

    private func isServer(_ main: MainPackage) -> Bool {
        let directory = main.path == "." ? "." : String(main.path.dropFirst(2))
        return files.contains { path, file in
            Words.directory(path) == directory && (file.imports.contains("net/http") || file.imports.contains("net"))
        }
    }

    // MARK: - Needs

    /// Where C is called from Go, and by whom.
    private func usesCgo() -> String? {
        if let file = files.first(where: { $0.file.imports.contains("C") }) { return "import \"C\" in \(file.path)" }
        let known = [
            "github.com/mattn/go-sqlite3", "github.com/confluentinc/confluent-kafka-go", "github.com/rocksdb/",
            "gocv.io/x/gocv", "github.com/DataDog/zstd",
        ]
        let found = module.requires.first { module in known.contains { module.hasPrefix($0) } }
        return found.map { "\($0) is C code" }
    }

    private func needs() -> [(what: String, why: String)] {
        var out: [(String, String)] = []
        let clients = [
            "http.Get(", "http.Post(", "http.PostForm(", "http.Head(", "http.Client{", "http.DefaultClient",
            "http.NewRequest",
            "http.Transport{", "http.DefaultTransport", "httputil.", "tls.Dial", "tls.Client(", "x509.SystemCertPool",
            "smtp.", "\"wss://",
        ]
        if let use = tree.firstUse(of: clients, in: sources) {
            out.append(("certificates", "\(use.needle.filter { $0 != "(" && $0 != "{" }) in \(use.place)"))
        } else if let module = module.requires.first(where: { !$0.hasPrefix("golang.org/x/") }) {
            out.append(("certificates", "modules such as \(module) may call out"))
        }
        if let use = tree.firstUse(of: ["time.LoadLocation("], in: sources) {
            out.append(("time zones", "time.LoadLocation in \(use.place)"))
        }
        if let use = tree.firstUse(
            of: ["os.CreateTemp(", "os.MkdirTemp(", "os.TempDir(", "ioutil.TempFile(", "ParseMultipartForm("],
            in: sources)
        {
            out.append(("/tmp", "\(use.needle.dropLast()) in \(use.place)"))
        }
        if let use = tree.firstUse(of: ["user.Current(", "user.Lookup"], in: sources) {
            out.append(("users", "os/user in \(use.place)"))
        }
        return out
    }

    private func embedded(_ project: inout Project) -> [String] {
        var out: [String] = []
        for (path, file) in files where !file.embeds.isEmpty {
            let directory = Words.directory(path)
            out += file.embeds.map { directory == "." ? $0 : "\(directory)/\($0)" }
            project.conclude("embedded", file.embeds.joined(separator: " "), "//go:embed in \(path)")
        }
        return out
    }

    // MARK: - Stages

    private func build(_ mains: [MainPackage], cgo: String?, embeds: [String], _ project: inout Project) -> StagePlan {
        let image = image(&project)
        var lines = ["ENV CGO_ENABLED=\(cgo == nil ? 0 : 1)", "WORKDIR /src"]
        let cache = "RUN --mount=type=cache,target=/go/pkg/mod \\"
        let isVendored = tree.has("vendor/modules.txt")
        // A module that stands in a directory is part of the sources; its go.mod must be there, too.
        let isOrdered = !isVendored && !isWorkspace && module.localReplacements.isEmpty && !module.requires.isEmpty
        if isOrdered {
            lines += [
                "# Modules change less often than sources: they are fetched anew when one of these two files changes.",
                "COPY go.mod\(tree.has("go.sum") ? " go.sum" : "") ./", cache, "    go mod download",
            ]
        } else if isVendored {
            project.conclude("modules", "vendor/", "vendor/modules.txt")
        }
        let variable = versionVariable(mains)
        lines.append("COPY . .")
        if variable != nil { lines.append("ARG VERSION=dev") }
        let flags = "-trimpath -ldflags \"-s -w\(variable.map { " -X \($0)=${VERSION}" } ?? "")\""
        lines.append(
            "RUN " + (isVendored || module.requires.isEmpty ? "" : "--mount=type=cache,target=/go/pkg/mod \\\n    ")
                + "--mount=type=cache,target=/root/.cache/go-build \\")
        if mains.count == 1 {
            lines.append("    go build \(flags) -o /out/\(mains[0].name) \(mains[0].path)")
        } else {
            let builds = mains.map { "go build \(flags) -o /out/\($0.name) \($0.path)" }
            lines.append("    " + builds.joined(separator: " && \\\n    "))
        }
        for escape in module.localReplacements where escape.hasPrefix("../") {
            project.remarks.append(
                "go.mod replaces a module by \(escape), which is outside of the build context: build from the directory above"
            )
        }
        return StagePlan(
            image: image,
            lines: lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) })
    }

    private func image(_ project: inout Project) -> String {
        // A compiler that is older than what go.mod wants would fetch that one in the middle of the build.
        let pinned = module.toolchain.flatMap { $0 >= module.go ?? $0 ? $0 : nil }
        let wanted = pinned ?? module.go
        let why = pinned.map { "the toolchain of go.mod is go\($0)" } ?? module.go.map { "go.mod asks for \($0)" }
        if input.images == .assembled, (wanted ?? Images.assembledGo) <= Version(1, 23, 4) {
            let asked = why ?? "go.mod asks for none"
            project.conclude("builder", "base:golang", "Go \(Images.assembledGo.short) of Debian; \(asked)")
            return "base:golang"
        }
        // A toolchain is meant as it stands; `go` is the oldest that will do.
        let line = pinned?.line ?? Images.line(Images.go, atLeast: module.go)
        // Before Go 1.20 there was no image on this Debian.
        let version = line < Version(1, 20) ? Images.line(Images.go, atLeast: nil) : line
        let image = "golang:\(version.short)-\(Images.debian)"
        project.conclude("builder", image, why ?? "go.mod names no version")
        return image
    }

    /// `main.version`, when each program has such a variable.
    private func versionVariable(_ mains: [MainPackage]) -> String? {
        let all = mains.allSatisfy { main in
            let directory = main.path == "." ? "." : String(main.path.dropFirst(2))
            let own = files.filter { Words.directory($0.path) == directory }.map(\.path)
            return tree.firstLine(in: own) { line in
                let words = Words.split(line)
                return line.contains("\"")
                    && (words.prefix(2) == ["var", "version"]
                        || words.prefix(1) == ["version"] && words.count > 2 && words[1] == "=")
                    ? true : nil
            } != nil
        }
        return all ? "main.version" : nil
    }

    private func runtime(cgo: String?, needs: [(what: String, why: String)], _ project: inout Project) {
        project.conclude(
            "linked", cgo == nil ? "statically (CGO_ENABLED=0)" : "against the C library",
            cgo ?? "no file imports \"C\"")
        for need in needs { project.conclude("needs", need.what, need.why) }
        if let cgo {
            let isPlusPlus = !tree.files(".cc", ".cpp", ".cxx").isEmpty || cgo.contains("kafka") || cgo.contains("gocv")
            project.runtime = Runtime.dynamic(isPlusPlus: isPlusPlus, input.images)
        } else if needs.isEmpty {
            project.runtime = StagePlan(image: "scratch")
        } else if input.images == .assembled {
            project.runtime = StagePlan(image: "base:static")
        } else {
            project.runtime = StagePlan(image: "scratch", lines: copies(of: needs.map(\.what)))
        }
        let why =
            project.runtime.image == "scratch" && needs.isEmpty
            ? "the program is all that is needed" : "the smallest that has what the program needs"
        project.conclude("base", project.runtime.image, why)
    }

    /// What a Docker image of Go has of the needs.
    private func copies(of needs: [String]) -> [String] {
        var lines: [String] = []
        if needs.contains("certificates") {
            lines.append("COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt")
        }
        if needs.contains("time zones") {
            lines += [
                "ENV ZONEINFO=/zoneinfo.zip", "COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip",
            ]
        }
        // An empty directory of Debian's, given to the one who runs the program.
        if needs.contains("/tmp") { lines.append("COPY --from=build --chown=65532:65532 /srv /tmp") }
        return lines
    }

    /// Programs that can ask themselves how they are, as there is nothing else in the image that could.
    private func healthCommand(_ mains: [MainPackage], _ project: inout Project) {
        guard project.port != nil, let main = mains.first else { return }
        let found = tree.firstLine(in: sources) { line -> String? in
            let words = Words.quoted(line)
            for word in ["healthcheck", "health-check"] where words.contains(word) {
                if line.contains("flag.Bool") { return "-" + word }
                if line.contains("case ") || line.contains("os.Args") { return word }
            }
            return nil
        }
        guard let found else { return }
        project.healthCommand = ["/" + main.name, found.value]
        project.conclude("healthcheck", "/\(main.name) \(found.value)", "\(found.place)")
    }
}
