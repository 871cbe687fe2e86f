// https://packaging.python.org/en/latest/specifications/pyproject-toml/

/// A Python project.
struct PythonDetector {
    private let input: DetectionInput
    private let manifest: TOMLLines
    private let requirements: [String]

    init(_ input: DetectionInput) {
        self.input = input
        manifest = TOMLLines(input.tree.text("pyproject.toml") ?? "")
        let lines = (input.tree.text("requirements.txt") ?? "").split(separator: "\n").map {
            Words.trimmed($0.prefix { $0 != "#" })
        }
        requirements = lines.filter { !$0.isEmpty }
    }

    /// Names of distributions that are asked for, in small letters.
    private var names: [String] {
        let listed =
            requirements.filter { !$0.hasPrefix("-") } + Words.quoted(manifest.value("project", "dependencies") ?? "")
        return listed.map {
            $0.lowercased().prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }.description
        }
            + manifest.keys("tool.poetry.dependencies").map { $0.lowercased() }
    }

    func project() throws(ProjectError) -> Project {
        let tree = input.tree
        let sources = tree.files(".py").filter { path in
            !path.split(separator: "/").contains { $0.hasPrefix("test") || $0 == "conftest.py" || $0 == "setup.py" }
        }
        var project = Project(
            kind: .python, name: manifest.text("project", "name") ?? manifest.text("tool.poetry", "name") ?? input.name)
        ServiceSigns(tree, in: sources).apply(to: &project, input.choices)
        guard let start = start(sources, &project) else {
            throw .nothingToRun(
                .python,
                looked:
                    "no [project.scripts], no __main__.py, no main.py, app.py or server.py, no file that asks for '__main__'",
                hint: "name the script in pyproject.toml, under [project.scripts]")
        }
        project.conclude("program", (["python3"] + start.words).joined(separator: " "), start.why)
        let isInstalled = !requirements.isEmpty || names.contains { $0 != "python" }
        let version = version(&project)
        let isAssembled = input.images == .assembled && version == Images.assembledPython
        let image = "python:\(version.short)-slim-\(Images.debian)"
        if isInstalled {
            let file = requirements.isEmpty ? "pyproject.toml" : "requirements.txt"
            let count = names.count == 1 ? "one package" : "\(names.count) packages"
            project.conclude("builder", image, "\(file) names \(count)")
            project.build = StagePlan(image: image, lines: build())
        }
        project.runtime = StagePlan(image: isAssembled ? "base:python" : image)
        project.conclude(
            "base", project.runtime.image,
            isAssembled
                ? "Python \(version.short) and its library; no shell, no pip"
                : "the base of Sampan has Python \(Images.assembledPython.short)")
        var environment = "ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1"
        if isInstalled { environment += " PYTHONPATH=/deps" }
        project.runtime.lines += [environment, "WORKDIR /app"]
        var copies = isInstalled ? ["COPY --from=build /deps/ /deps/"] : []
        copies += content(sources)
        DataFiles(tree, sources: sources).found.filter { !covered($0.path, by: copies) }.forEach { data in
            project.conclude("data", data.path, "opened in \(data.place)")
            let directory = tree.has(data.path) ? Words.directory(data.path) : data.path
            copies.append("COPY \(data.path) ./\(directory == "." ? "" : directory + "/")")
        }
        project.programs = [ProgramPlan(name: project.name, copies: copies, entrypoint: ["python3"] + start.words)]
        if let port = project.port, let health = project.health {
            project.healthCommand = [
                "python3", "-c",
                "import urllib.request as r; r.urlopen('http://127.0.0.1:\(port)\(health)', timeout=2)",
            ]
        }
        project.ignored = ["**/__pycache__", "**/*.pyc", "**/*.egg-info", "/.venv", "/venv", "/.tox", "/.pytest_cache"]
        project.maxSize = isAssembled ? "40MB" : "90MB"
        project.policy += ["linkage:", "  require: resolved"]
        return project
    }

    // MARK: - What is started

    private func start(_ sources: [String], _ project: inout Project) -> (words: [String], why: String)? {
        if let server = server(sources, &project) { return server }
        if let script = manifest.entries.first(where: {
            $0.table == "project.scripts" || $0.table == "tool.poetry.scripts"
        }),
            let target = Words.quoted(script.value).first, let colon = target.firstIndex(of: ":"),
            Words.isPlain(script.key)
        {
            let module = String(target[..<colon])
            let function = String(target[target.index(after: colon)...])
            guard Words.isPlain(module), Words.isPlain(function) else { return nil }
            let root = sourceRoot(of: module)
            let setup = root.isEmpty ? "" : "sys.path.insert(0, '\(root)'); "
            return (
                ["-c", "import sys; \(setup)from \(module) import \(function) as f; sys.exit(f())"],
                "[project.scripts] in pyproject.toml"
            )
        }
        if let path = sources.first(where: { $0.hasSuffix("/__main__.py") }) {
            let package = Words.directory(path)
            if !package.hasPrefix("src/") {
                return (["-m", package.split(separator: "/").joined(separator: ".")], path)
            }
            return ([package], path)
        }
        if let name = input.tree.first(
            "main.py", "app.py", "server.py", "run.py", "__main__.py", "src/main.py", "src/app.py")
        {
            return ([name], "the usual name")
        }
        let found = input.tree.firstLine(in: sources) { line in line.hasPrefix("if __name__ ==") ? true : nil }
        return found.map { ([$0.place.path], "\($0.place)") }
    }

    /// `src` when packages stand there.
    private func sourceRoot(of module: String) -> String {
        let first = module.split(separator: ".").first.map(String.init) ?? module
        return input.tree.paths.contains { $0.hasPrefix("src/\(first)/") || $0 == "src/\(first).py" } ? "src" : ""
    }

    /// An application object for a server that is among the requirements.
    private func server(_ sources: [String], _ project: inout Project) -> (words: [String], why: String)? {
        let found = input.tree.firstLine(in: sources) { line -> String? in
            let words = Words.split(line)
            guard words.count > 2, words[1] == "=",
                ["FastAPI(", "Flask(", "Starlette(", "Quart("].contains(where: { words[2].hasPrefix($0) })
            else { return nil }
            return words[0]
        }
        guard let found, Words.isPlain(found.value) else { return nil }
        let module = String(found.place.path.dropLast(3)).split(separator: "/").filter {
            $0 != "src" && $0 != "__init__"
        }.joined(separator: ".")
        let hasPort = project.port != nil
        let directory = found.place.path.hasPrefix("src/") ? ["--app-dir", "src"] : []
        if names.contains("uvicorn") || names.contains("uvicorn[standard]") {
            if !hasPort { project.port = 8000 }
            if !hasPort { project.conclude("port", "8000", "uvicorn's own") }
            return (
                ["-m", "uvicorn"] + directory + [
                    "--host", "0.0.0.0", "--port", String(project.port ?? 8000), "\(module):\(found.value)",
                ], "\(found.place), uvicorn"
            )
        }
        if names.contains("gunicorn") {
            if !hasPort { project.port = 8000 }
            if !hasPort { project.conclude("port", "8000", "gunicorn's own") }
            return (
                ["-m", "gunicorn", "--bind", "0.0.0.0:\(project.port ?? 8000)", "\(module):\(found.value)"],
                "\(found.place), gunicorn"
            )
        }
        return nil
    }

    // MARK: - Stages

    private func version(_ project: inout Project) -> Version {
        let own = Images.assembledPython
        let lines = Images.python.map(\.version)
        let newest = lines.first ?? own
        for file in [".python-version", "runtime.txt"] {
            let first = input.tree.text(file)?.prefix { !$0.isNewline } ?? ""
            let word = first.hasPrefix("python-") ? first.dropFirst(7) : first
            // Before Python 3.8 there was no image on this Debian; other words name other interpreters.
            guard word.first?.isNumber == true, let pinned = Version(word), pinned.line >= Version(3, 8) else {
                continue
            }
            project.conclude("python", pinned.short, "\(file) says \(word)")
            return pinned.line
        }
        let range = manifest.text("project", "requires-python") ?? manifest.text("tool.poetry.dependencies", "python")
        guard let range else {
            project.conclude("python", (input.images == .assembled ? own : newest).short, "no version is asked for")
            return input.images == .assembled ? own : newest
        }
        let candidates = (input.images == .assembled ? [own] : []) + lines
        let chosen =
            candidates.first { Self.accepts(range, $0) }
            ?? Version(range.drop { !("0"..."9").contains($0) }) ?? newest
        project.conclude("python", chosen.short, "requires-python is \(range)")
        return chosen.line
    }

    /// Whether a version specifier takes a release line: `>=3.9,<4`, `^3.10`, `~=3.11`, `==3.12.*`.
    static func accepts(_ range: String, _ version: Version) -> Bool {
        range.split(separator: ",").allSatisfy { part in
            let text = Words.trimmed(part)
            let mark = String(text.prefix { "<>=!~^".contains($0) })
            guard let bound = Version(Words.trimmed(text.dropFirst(mark.count))) else { return true }
            let line = Version(bound.major, bound.minor)
            return switch mark {
            case ">=": version >= line
            case ">": version >= line
            case "<": version < line
            case "<=": version <= line
            case "^", "~=": version >= line && version.major == bound.major
            case "==", "~", "": version == line
            default: true
            }
        }
    }

    private func build() -> [String] {
        let isListed = !requirements.isEmpty
        let cache = "RUN --mount=type=cache,target=/root/.cache/pip \\"
        let local = requirements.filter { $0.hasPrefix("./") || $0.hasPrefix("-c ") || $0.hasPrefix("-r ") }
            .map { Words.split($0).last ?? "" }.filter { Words.isPlain($0) && input.tree.paths.contains($0) }
        guard isListed else {
            return ["WORKDIR /src", "COPY . .", cache, "    pip install --target /deps ."]
        }
        return [
            "WORKDIR /src",
            "# Packages change less often than sources: they are installed anew when this file changes.",
            "COPY " + (["requirements.txt"] + local).joined(separator: " ") + " ./", cache,
            "    pip install --target /deps -r requirements.txt",
        ]
    }

    /// COPY lines of the modules and packages of the project.
    private func content(_ sources: [String]) -> [String] {
        var files: [String] = []
        var directories: [String] = []
        let side: Set<String> = ["tests", "test", "docs", "examples", "scripts", "deploy", "bench"]
        for path in sources {
            let parts = path.split(separator: "/").map(String.init)
            if parts.count == 1 {
                files.append(path)
            } else if !side.contains(parts[0]), !parts[0].hasPrefix("."), !directories.contains(parts[0]),
                Words.isPlain(parts[0])
            {
                directories.append(parts[0])
            }
        }
        for name in ["templates", "static"]
        where !directories.contains(name) && input.tree.paths.contains(where: { $0.hasPrefix(name + "/") }) {
            directories.append(name)
        }
        return directories.map { "COPY \($0)/ ./\($0)/" }
            + (files.isEmpty ? [] : ["COPY " + files.filter(Words.isPlain).joined(separator: " ") + " ./"])
    }

    private func covered(_ path: String, by copies: [String]) -> Bool {
        copies.contains { copy in
            Words.split(copy).dropFirst().dropLast().contains {
                path == $0 || ($0.hasSuffix("/") && (path + "/").hasPrefix($0))
            }
        }
    }
}
