// https://docs.npmjs.com/cli/configuring-npm/package-json
import Core

/// A Node package.
struct NodeDetector {
    private let input: DetectionInput
    private let manifest: OrderedJSON
    private let fault: OrderedJSON.SyntaxError?

    init(_ input: DetectionInput) {
        self.input = input
        let text = input.tree.text("package.json") ?? ""
        do throws(OrderedJSON.SyntaxError) {
            manifest = try OrderedJSON(parsing: Array(text.utf8))
            fault = nil
        } catch {
            manifest = .null
            fault = error
        }
    }

    func project() throws(ProjectError) -> Project {
        let tree = input.tree
        if let fault { throw .malformed("package.json", line: fault.line, expected: fault.expected) }
        let script = manifest["scripts"]?["build"]?.string
        guard let start = start else {
            let isThere = foreignStart.map { "the script 'start' calls no node, but is '\($0.prefix(200))'" }
            throw .nothingToRun(
                .node,
                looked: (isThere ?? "package.json has no script 'start'")
                    + "; there is no 'main', no index.js and no server.js",
                hint: foreignStart.map(Self.advice) ?? "add a script: \"start\": \"node server.js\"")
        }
        let given = manifest["name"]?.string.map { Words.name($0) } ?? input.name
        var project = Project(kind: .node, name: given)
        if let foreignStart {
            project.remarks.append(
                "the script 'start' ('\(foreignStart.prefix(200))') is passed over, as it calls no node")
        }
        project.conclude("program", "node " + start.words.joined(separator: " "), start.why)
        let sources = tree.files(".js", ".mjs", ".cjs", ".ts").filter { !$0.contains("test") && !$0.contains("spec") }
        ServiceSigns(tree, in: sources).apply(to: &project, input.choices)
        let image = image(&project)
        let isBuilt = script != nil
        let hasModules = manifest["dependencies"] != nil || (isBuilt && manifest["devDependencies"] != nil)
        var lines = ["WORKDIR /app"]
        if hasModules { lines += install(isBuilt: isBuilt, &project) }
        if isBuilt {
            project.conclude("build", "npm run build", "package.json")
            lines += [
                "COPY . .", "RUN \(tool) run build" + (hasModules && tool == "npm" ? " && npm prune --omit=dev" : ""),
            ]
        }
        if isBuilt || hasModules { project.build = StagePlan(image: image, lines: lines) }
        var copies: [String] = []
        if hasModules { copies.append("COPY --from=build /app/node_modules/ ./node_modules/") }
        let from = isBuilt ? "--from=build " : ""
        let root = isBuilt ? "/app/" : ""
        copies.append("COPY \(from)\(root)package.json ./")
        copies += content(start.words.last ?? "", isBuilt: isBuilt).map { part in
            part.hasSuffix("/") ? "COPY \(from)\(root)\(part) ./\(part)" : "COPY \(from)\(root)\(part) ./"
        }
        runtime(image, &project)
        project.programs = [ProgramPlan(name: project.name, copies: copies, entrypoint: ["node"] + start.words)]
        if let port = project.port, let health = project.health {
            let script =
                "fetch('http://127.0.0.1:\(port)\(health)').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
            project.healthCommand = ["node", "-e", script]
        }
        project.ignored = ["**/node_modules", "npm-debug.log*"]
        project.maxSize = "90MB"
        project.policy += ["linkage:", "  require: resolved"]
        return project
    }

    /// The words behind `node` of a script; nil for what calls something else, or needs a shell.
    private static func nodeWords(_ script: String) -> [String]? {
        let words = Words.split(script)
        let isPlain = words.allSatisfy { word in Words.isPlain(word.filter { !"=:,".contains($0) }) }
        return words.first == "node" && words.count > 1 && isPlain ? Array(words.dropFirst()) : nil
    }

    /// A script 'start' that an image with node alone has no use for.
    private var foreignStart: String? {
        manifest["scripts"]?["start"]?.string.flatMap { Self.nodeWords($0) == nil ? $0 : nil }
    }

    /// What to do about a script that calls something else than node.
    private static func advice(_ script: String) -> String {
        switch Words.split(script).first {
        case "ts-node", "tsx", "ts-node-dev":
            "the image has node alone: compile with a script 'build' (tsc), and start what that writes: \"start\": \"node dist/index.js\""
        case "next":
            "the image has node alone: let 'start' name the file: \"start\": \"node node_modules/next/dist/bin/next start\""
        default:
            "the image has node alone, no npm and no shell: let 'start' name the file: \"start\": \"node server.js\""
        }
    }

    /// What is started and what says so.
    private var start: (words: [String], why: String)? {
        if let script = manifest["scripts"]?["start"]?.string, let words = Self.nodeWords(script) {
            return (words, "the script 'start'")
        }
        if let main = manifest["main"]?.string, Words.isPlain(main) { return ([main], "'main' in package.json") }
        return input.tree.first(
            "server.js", "index.js", "app.js", "src/index.js", "src/server.js", "server.mjs", "index.mjs"
        ).map { ([$0], "the usual name") }
    }

    private var tool: String {
        if input.tree.has("pnpm-lock.yaml") { return "pnpm" }
        return input.tree.has("yarn.lock") ? "yarn" : "npm"
    }

    private func image(_ project: inout Project) -> String {
        let (major, why) = version
        let image = "node:\(major)-\(Images.debian)-slim"
        project.conclude("builder", image, why)
        return image
    }

    /// The line that a file pins, else the first of ours that `engines` takes.
    private var version: (major: Int, why: String) {
        for file in [".node-version", ".nvmrc"] {
            if let text = input.tree.text(file), let pinned = NodeRange.pinned(text) {
                return (pinned, "\(file) says \(Words.trimmed(text.prefix { !$0.isNewline }))")
            }
        }
        if let text = manifest["volta"]?["node"]?.string, let pinned = NodeRange.pinned(text) {
            return (pinned, "volta pins \(text)")
        }
        let own = Images.node.map(\.version.major)
        guard let text = manifest["engines"]?["node"]?.string else {
            return (own.first ?? 24, "no version is asked for")
        }
        let range = NodeRange(text)
        let fitting = own.first(where: range.accepts) ?? range.lowest.map { max($0, 18) } ?? own.first ?? 24
        return (fitting, "engines asks for \(text)")
    }

    private func install(isBuilt: Bool, _ project: inout Project) -> [String] {
        let omit = isBuilt ? "" : " --omit=dev"
        let head = "# Modules change less often than sources: they are installed anew when one of these files changes."
        switch tool {
        case "pnpm":
            return [
                head, "COPY package.json pnpm-lock.yaml ./",
                "RUN --mount=type=cache,target=/root/.local/share/pnpm/store \\",
                "    corepack enable && pnpm install --frozen-lockfile\(isBuilt ? "" : " --prod")",
            ]
        case "yarn":
            return [
                head, "COPY package.json yarn.lock ./", "RUN --mount=type=cache,target=/usr/local/share/.cache/yarn \\",
                "    yarn install --frozen-lockfile\(isBuilt ? "" : " --production")",
            ]
        default:
            guard let lock = input.tree.first("package-lock.json", "npm-shrinkwrap.json") else {
                project.remarks.append(
                    "there is no package-lock.json: commit it, so that each build takes the same modules")
                return [
                    head, "COPY package.json ./", "RUN --mount=type=cache,target=/root/.npm \\",
                    "    npm install\(omit)",
                ]
            }
            return [
                head, "COPY package.json \(lock) ./", "RUN --mount=type=cache,target=/root/.npm \\",
                "    npm ci\(omit)",
            ]
        }
    }

    /// Directories and files that the program is made of.
    private func content(_ start: String, isBuilt: Bool) -> [String] {
        let plain = start.hasPrefix("./") ? String(start.dropFirst(2)) : start
        if isBuilt {
            let directory = plain.split(separator: "/").count > 1 ? String(plain.split(separator: "/")[0]) : "dist"
            return [directory + "/"]
        }
        let side: Set<String> = [
            "test", "tests", "__tests__", "spec", "docs", "coverage", "scripts", "deploy", "examples", ".github",
        ]
        let kinds = [
            ".js", ".mjs", ".cjs", ".json", ".html", ".css", ".ejs", ".pug", ".hbs", ".svg", ".png", ".ico", ".txt",
        ]
        var out: [String] = []
        for path in input.tree.paths where kinds.contains(where: path.hasSuffix) {
            let parts = path.split(separator: "/").map(String.init)
            guard let first = parts.first, !first.hasPrefix(".") else { continue }
            let isCode =
                [".js", ".mjs", ".cjs"].contains(where: first.hasSuffix) && !first.contains("config")
                && !first.contains(".test.")
            let part = parts.count > 1 ? first + "/" : isCode ? first : nil
            if let part, Words.isPlain(part), !side.contains(first), !out.contains(part) { out.append(part) }
        }
        return out.filter { !$0.hasSuffix("/") } + out.filter { $0.hasSuffix("/") }
    }

    private func runtime(_ image: String, _ project: inout Project) {
        let isNative =
            manifest["dependencies"].map { dependencies in
                ["sharp", "canvas", "bcrypt", "sqlite3", "better-sqlite3"].contains { dependencies[$0] != nil }
            } ?? false
        if input.images == .assembled {
            project.runtime = StagePlan(
                image: "base:cc",
                lines: [
                    "# Node itself, without npm and the shell that it needs.",
                    "COPY --from=\(project.build == nil ? image : "build") /usr/local/bin/node /usr/local/bin/node",
                ])
            project.conclude(
                "base", "base:cc",
                "node needs the C and C++ runtime, certificates\(isNative ? "; native modules bring their own" : "")")
        } else {
            project.runtime = StagePlan(image: image)
            project.conclude("base", image, "node with the smallest Debian")
        }
        project.runtime.lines += ["ENV NODE_ENV=production", "WORKDIR /app"]
    }
}
