import Core
import DockerfileSyntax
import ShellSyntax

enum SMP1003: LintRule {
    static let info = RuleInfo(
        "SMP1003", .sampan, .info, "Packages are fetched behind a COPY of all sources: any change fetches them anew",
        why: """
            A step is taken from the cache while nothing before it has changed. With all sources copied first, every edit \
            of any file fetches all packages again. Copy the files that list the packages, fetch, then copy the rest: \
            packages are fetched again when the lists change, and only then.
            """,
        bad: .init("FROM node:24 AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\nRUN npm run build\n"),
        good: .init(
            """
            FROM node:24 AS build
            WORKDIR /src
            COPY package.json package-lock.json ./
            RUN npm ci
            COPY . .
            RUN npm run build

            """), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages { check(stage, file, &report) }
    }

    private static func check(_ stage: LintStage, _ file: LintFile, _ report: inout LintReport) {
        var all: LintStatement?
        // Tools whose lists have been copied, or whose packages are there already.
        var done: Set<Substring> = []
        for statement in file.statements(of: stage) where !statement.isTrigger {
            if let transfer = statement.contextTransfer {
                if transfer.takesAll, all == nil { all = statement }
                continue
            }
            guard statement.isRun else { continue }
            let calls = statement.calls
            for (command, call) in calls {
                if let tool = DependencyInstall.fetched(by: call) { done.insert(tool) }
                guard let install = DependencyInstall(call) else { continue }
                guard let all, !done.contains(install.tool), !Self.isMounted(install, statement),
                    let manifests = Self.manifests(install, all, file), let script = statement.script
                else {
                    done.insert(install.tool)
                    continue
                }
                done.insert(install.tool)
                let isAlone = calls.count == 1 && statement.shellCommands.count == 1
                report.add(
                    script.range(command.range), in: statement,
                    fix: fix(install, manifests, all, statement, isAlone: isAlone, file))
            }
        }
    }

    /// Packages that a mount keeps aren't fetched twice by a command that has to run again anyway; and what is bound
    /// needs no COPY.
    private static func isMounted(_ install: DependencyInstall, _ statement: LintStatement) -> Bool {
        statement.hasMount("bind") || (install.compiles && statement.hasMount("cache"))
    }

    /// The lists that are there; nil when the project has none, so that there is nothing to fetch.
    private static func manifests(
        _ install: DependencyInstall, _ all: LintStatement, _ file: LintFile
    ) -> [String]? {
        guard let project = file.project, project.names(in: "")?.isEmpty == false else {
            return Array(install.manifests.prefix(2))
        }
        if install.tool == "dotnet" { return [] }
        let known = install.manifests.filter { project.contents(of: $0) != nil }
        if install.needsLock, !known.contains(install.manifests[1]) { return nil }
        return known.isEmpty ? nil : known
    }

    /// The lists speak of other files of the project, without which nothing can be fetched.
    private static func needMore(_ manifests: [String], _ file: LintFile) -> Bool {
        guard let project = file.project else { return false }
        // Says where packages come from, and may hold a password.
        if project.contents(of: ".npmrc") != nil, manifests.contains("package.json") { return true }
        return manifests.contains { name in
            let signs: [StaticString] =
                switch name {
                case "package.json": ["\"workspaces\"", "\"file:", "\"link:", "\"portal:", "\"patch:", "postinstall"]
                case "pnpm-workspace.yaml": [""]
                case ".yarnrc.yml": ["yarnPath", "plugins"]
                case "go.mod": ["=> ."]
                case "Package.swift": ["path:"]
                case "pom.xml": ["<modules>", "<relativePath>"]
                case "pyproject.toml": ["workspace", "path ="]
                case "Gemfile": ["gemspec", "path:", ".ruby-version", "eval_gemfile"]
                case "composer.json": ["\"scripts\"", "\"classmap\"", "\"path\""]
                default: ["-r ", "-c ", "-e ", "--requirement", "--constraint", "./"]
                }
            guard !name.hasSuffix(".lock"), name != "go.sum", name != "package-lock.json",
                name != "npm-shrinkwrap.json",
                name != "pnpm-lock.yaml", name != "bun.lockb", name != "Package.resolved",
                let content = project.contents(of: name)
            else { return false }
            return signs.contains { $0.utf8CodeUnitCount == 0 || content.holds($0) }
        }
    }

    /// Puts the lists and the fetching before the COPY. A RUN that does nothing else moves there.
    private static func fix(
        _ install: DependencyInstall, _ manifests: [String], _ all: LintStatement, _ statement: LintStatement,
        isAlone: Bool, _ file: LintFile
    ) -> Fix? {
        guard let transfer = all.contextTransfer, transfer.paths.count == 1, all.instruction.heredocs.isEmpty,
            file.source.text(transfer.destination.range) == transfer.destination.text
        else { return nil }
        var directory = transfer.destination.text
        if !directory.hasSuffix("/") { directory += "/" }
        // A list of another directory would have to keep its place.
        guard !manifests.isEmpty, !manifests.contains(where: { $0.utf8.contains(UInt8(ascii: "/")) }),
            !needMore(manifests, file)
        else { return nil }
        let end = file.lineEnd
        let keyword = all.outer.keywordWord.text
        let flags = all.instruction.flags.map { file.source.text($0.range) + " " }.joined()
        let copy = "\(keyword) \(flags)\(manifests.joined(separator: " ")) \(directory)\(end)"
        let place = file.source.lineStarts[file.source.line(at: all.outer.range.start)]
        if let fetch = install.fetch {
            // What stands before it may be settings that the early one needs too.
            guard isAlone || !["poetry", "uv"].contains(install.tool) else { return nil }
            let run = LetterCase(keyword) == .small ? "run" : "RUN"
            return Fix(
                "fetch packages before the sources are copied", [.insert(copy + "\(run) \(fetch)\(end)", at: place)],
                isSafe: false)
        }
        guard install.isMovable, isAlone, statement.index == all.index + 1, statement.instruction.comments.isEmpty
        else { return nil }
        let text = file.source.text(statement.outer.range)
        return Fix(
            "fetch packages before the sources are copied",
            [.insert(copy + text + end, at: place), file.removal(of: statement)], isSafe: false)
    }
}
