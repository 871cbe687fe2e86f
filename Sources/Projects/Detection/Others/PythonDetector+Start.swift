/// What a Python project starts.
extension PythonDetector {
    struct Start {
        /// Behind `python3`.
        var words: [String]
        var why: String
        /// It hears SIGTERM by itself.
        var isServer = false
        /// A function of the installed package, which no file of the sources is named for.
        var isScript = false

        init(_ words: [String], _ why: String, isServer: Bool = false, isScript: Bool = false) {
            self.words = words
            self.why = why
            self.isServer = isServer
            self.isScript = isScript
        }
    }

    func start(_ sources: [String], _ project: inout Project) -> Start? {
        if let server = django(sources, &project) ?? server(sources, &project) { return server }
        if let script = manifest.entries.first(where: {
            $0.table == "project.scripts" || $0.table == "tool.poetry.scripts"
        }),
            let target = Words.quoted(script.value).first, let colon = target.firstIndex(of: ":"),
            Words.isPlain(script.key)
        {
            let module = String(target[..<colon])
            let function = String(target[target.index(after: colon)...])
            guard Words.isPlain(module), Words.isPlain(function) else { return nil }
            let root = isBuilt(sources) ? "" : sourceRoot(of: module)
            let setup = root.isEmpty ? "" : "sys.path.insert(0, '\(root)'); "
            return Start(
                ["-c", "import sys; \(setup)from \(module) import \(function) as f; sys.exit(f())"],
                "[project.scripts] in pyproject.toml", isScript: true)
        }
        if let path = sources.first(where: { $0.hasSuffix("/__main__.py") }) {
            let package = Words.directory(path)
            if !package.hasPrefix("src/") {
                return Start(["-m", package.split(separator: "/").joined(separator: ".")], path)
            }
            return Start([package], path)
        }
        if let name = input.tree.first(
            "main.py", "app.py", "server.py", "run.py", "__main__.py", "src/main.py", "src/app.py")
        {
            return Start([name], "the usual name")
        }
        let found = input.tree.firstLine(in: sources) { line in line.hasPrefix("if __name__ ==") ? true : nil }
        return found.map { Start([$0.place.path], "\($0.place)") }
    }

    /// `src` when packages stand there.
    private func sourceRoot(of module: String) -> String {
        let first = module.split(separator: ".").first.map(String.init) ?? module
        return input.tree.paths.contains { $0.hasPrefix("src/\(first)/") || $0 == "src/\(first).py" } ? "src" : ""
    }

    /// A Django project: `manage.py` alone prints its help.
    private func django(_ sources: [String], _ project: inout Project) -> Start? {
        guard sources.contains("manage.py") else { return nil }
        func module(_ file: String) -> (name: String, path: String)? {
            sources.first { Words.name($0) == file && Words.isPlain($0) && $0.contains("/") }.map { path in
                (path.dropLast(3).split(separator: "/").joined(separator: "."), path)
            }
        }
        func port(_ why: String) -> Int {
            if let port = project.port { return port }
            project.port = 8000
            project.conclude("port", "8000", why)
            return 8000
        }
        if names.contains("gunicorn"), let (name, path) = module("wsgi.py") {
            return Start(
                ["-m", "gunicorn", "--bind", "0.0.0.0:\(port("gunicorn's own"))", "\(name):application"],
                "\(path), gunicorn", isServer: true)
        }
        if names.contains("uvicorn"), let (name, path) = module("asgi.py") {
            return Start(
                ["-m", "uvicorn", "--host", "0.0.0.0", "--port", String(port("uvicorn's own")), "\(name):application"],
                "\(path), uvicorn", isServer: true)
        }
        project.remarks.append(
            "Django's own server is for development: name gunicorn among the requirements, and it serves wsgi.py")
        return Start(["manage.py", "runserver", "--noreload", "0.0.0.0:\(port("Django's own"))"], "manage.py")
    }

    /// An application object for a server that is among the requirements.
    private func server(_ sources: [String], _ project: inout Project) -> Start? {
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
            return Start(
                ["-m", "uvicorn"] + directory + [
                    "--host", "0.0.0.0", "--port", String(project.port ?? 8000), "\(module):\(found.value)",
                ], "\(found.place), uvicorn", isServer: true)
        }
        if names.contains("gunicorn") {
            if !hasPort { project.port = 8000 }
            if !hasPort { project.conclude("port", "8000", "gunicorn's own") }
            return Start(
                ["-m", "gunicorn", "--bind", "0.0.0.0:\(project.port ?? 8000)", "\(module):\(found.value)"],
                "\(found.place), gunicorn", isServer: true)
        }
        return nil
    }
}
