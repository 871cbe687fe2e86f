// https://packaging.python.org/en/latest/specifications/pyproject-toml/

/// A Python project.
struct PythonDetector {
    let input: DetectionInput
    let manifest: TOMLLines
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
    var names: [String] {
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
        let isInstalled = !requirements.isEmpty || names.contains { $0 != "python" } || isBuilt(sources)
        let version = version(&project)
        let isAssembled = input.images == .assembled && version == Images.assembledPython
        let image = "python:\(version.short)-slim-\(Images.debian)"
        if isInstalled {
            let file = requirements.isEmpty ? "pyproject.toml" : "requirements.txt"
            let count = names.count == 1 ? "one package" : "\(names.count) packages"
            project.conclude("builder", image, "\(file) names \(count)")
            project.build = StagePlan(image: image, lines: build(version, sources))
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
        // What is installed is not there a second time.
        if !(isInstalled && start.isScript && isBuilt(sources)) { copies += content(sources) }
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
        if !start.isServer, input.tree.firstUse(of: ["SIGTERM"], in: sources) == nil {
            project.stopSignal = "SIGINT"
            project.conclude("stopped", "by SIGINT", "Python has a handler for it, and none for SIGTERM")
        }
        project.ignored = ["**/__pycache__", "**/*.pyc", "**/*.egg-info", "/.venv", "/venv", "/.tox", "/.pytest_cache"]
        project.maxSize = isAssembled ? "40MB" : "90MB"
        project.policy += ["linkage:", "  require: resolved"]
        return project
    }

    // MARK: - Stages

    /// Whether pyproject.toml names all packages by itself, none by a path of the project.
    private var areListedAlone: Bool {
        guard let list = manifest.value("project", "dependencies") else { return false }
        return !list.contains("file:")
    }

    /// Whether the project itself must be installed, as its sources alone don't do: some of it is compiled or generated,
    /// or it asks for its own version.
    func isBuilt(_ sources: [String]) -> Bool {
        guard requirements.isEmpty else { return false }
        guard areListedAlone else { return false }
        let tools = [
            "maturin", "setuptools-rust", "setuptools_rust", "scikit-build", "meson", "cython", "pybind11", "cffi",
            "setuptools-scm", "setuptools_scm", "hatch-vcs", "versioningit",
        ]
        let asked = (manifest.value("build-system", "requires") ?? "").lowercased()
        return tools.contains(where: asked.contains)
            || (input.tree.text("setup.py")?.contains("ext_modules") ?? false)
            || input.tree.firstUse(of: ["importlib.metadata", "pkg_resources"], in: sources) != nil
    }

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

    private func build(_ version: Version, _ sources: [String]) -> [String] {
        let isListed = !requirements.isEmpty
        let cache = "RUN --mount=type=cache,target=/root/.cache/pip \\"
        let local = requirements.filter { $0.hasPrefix("./") || $0.hasPrefix("-c ") || $0.hasPrefix("-r ") }
            .map { Words.split($0).last ?? "" }.filter { Words.isPlain($0) && input.tree.paths.contains($0) }
        guard isListed else {
            let install = ["COPY . .", cache, "    pip install --target /deps "]
            guard areListedAlone else { return ["WORKDIR /src"] + install.dropLast() + [install[2] + "."] }
            // The standard library reads TOML since 3.11; pip brings a reader for the versions before.
            let reader = version >= Version(3, 11) ? "import tomllib" : "import pip._vendor.tomli as tomllib"
            let script =
                "\(reader); p = tomllib.load(open('pyproject.toml', 'rb')); print(*p['project']['dependencies'], sep='\\n')"
            let lines = [
                "WORKDIR /src",
                "# Packages change less often than sources: they are installed anew when this file changes.",
                "COPY pyproject.toml ./", cache, "    python3 -c \"\(script)\" >/tmp/requirements.txt \\",
                "    && pip install --target /deps -r /tmp/requirements.txt",
            ]
            return lines + (isBuilt(sources) ? install.dropLast() + [install[2] + "--no-deps ."] : [])
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
