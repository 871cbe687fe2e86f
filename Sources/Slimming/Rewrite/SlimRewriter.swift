internal import Core
internal import DockerfileLint
package import DockerfileSyntax
package import OCI

/// A fat Dockerfile's text with a small last stage: the old last stage becomes the one that builds.
package struct SlimRewriter {
    /// How far to go. Each is tried, and the first that proves itself is taken.
    package struct Ambition: Sendable, Hashable {
        /// Build Go programs without symbols, and with `withoutC` without C.
        package var editsGo: Bool
        package var withoutC: Bool

        package init(editsGo: Bool, withoutC: Bool) {
            self.editsGo = editsGo
            self.withoutC = withoutC
        }

        package static let none = Ambition(editsGo: false, withoutC: false)
    }

    private let dockerfile: Dockerfile
    private let stage: Stage
    private let config: ContainerConfig
    private let plan: SlimPlan
    private let ambition: Ambition
    /// Takes the place of the image's user.
    private let user: String?
    /// What starts, when that isn't what the Dockerfile says.
    private let start: (entrypoint: [String], cmd: [String])?
    private let lineEnd: String

    private var edits: [TextEdit] = []
    /// Lines of the new stage's end.
    private var tail: [String] = []
    package private(set) var notes: [String] = []

    /// - Parameters:
    ///   - stage: the stage that the fat image is.
    ///   - config: of the fat image.
    ///   - start: what the image starts, where it should not be what the Dockerfile says.
    package init(
        _ dockerfile: Dockerfile, stage: Stage, config: ContainerConfig, plan: SlimPlan, ambition: Ambition,
        user: String? = nil, start: (entrypoint: [String], cmd: [String])? = nil
    ) {
        self.dockerfile = dockerfile
        self.stage = stage
        self.config = config
        self.plan = plan
        self.ambition = ambition
        self.user = user
        self.start = start
        lineEnd = dockerfile.source.bytes.contains(0x0d) ? "\r\n" : "\n"
    }

    /// The new text.
    package mutating func rewrite() -> [UInt8] {
        let name = nameOfBuilder()
        if ambition.editsGo {
            let file = LintFile(parsing: dockerfile.source)
            edits += GoBuildEdit.edits(file, withoutC: ambition.withoutC)
        }
        move()
        var text = Self.apply(edits, to: dockerfile.source.bytes)
        while let last = text.last, last == 0x0a || last == 0x0d || last == 0x20 { text.removeLast() }
        let lines =
            directories(name) + ["", "# What runs: found by watching the program and reading what it links to."]
            + ["FROM scratch"] + copies(name) + settings() + tail
        return text + Array((lineEnd + lines.joined(separator: lineEnd) + lineEnd).utf8)
    }

    // MARK: - The stage that builds

    private mutating func nameOfBuilder() -> String {
        if let name = stage.from.name?.text { return name }
        let taken = Set(dockerfile.stages.compactMap(\.name))
        let name = ["build", "builder", "slim-build"].first { !taken.contains($0) } ?? "slim-build-\(stage.index)"
        edits.append(.insert(" AS \(name)", at: stage.from.image.range.end))
        return name
    }

    private static let moved: Set<Keyword> = [
        .cmd, .entrypoint, .expose, .healthcheck, .label, .stopsignal, .volume,
    ]

    /// Takes what only speaks of how the image is started from the stage to the new one, with its comments.
    private mutating func move() {
        for statement in stage.statements {
            guard let keyword = statement.instruction.keyword, Self.moved.contains(keyword) else { continue }
            let range = rangeWithComments(statement.instruction)
            edits.append(.delete(range))
            if keyword == .healthcheck, !isHealthcheckPossible(statement.command) {
                notes.append("HEALTHCHECK is left out: what it runs is not in the image")
                continue
            }
            if start != nil, keyword == .cmd || keyword == .entrypoint { continue }
            // Variables of the stage are not known in another: their values are.
            if statement.instruction.text.contains("$"), let lines = resolved(keyword) {
                tail += lines
                continue
            }
            var text = dockerfile.source.text(range)
            while let last = text.unicodeScalars.last, last == "\n" || last == "\r" { text.unicodeScalars.removeLast() }
            tail.append(text)
        }
        for statement in stage.statements where statement.instruction.keyword == .onbuild {
            notes.append("ONBUILD in line \(statement.instruction.lines.lowerBound) is not carried over")
        }
        inherit()
    }

    /// What the base or a replaced start says.
    private mutating func inherit() {
        let keywords = Set(stage.statements.compactMap(\.instruction.keyword))
        if let start {
            if !start.entrypoint.isEmpty { tail.append("ENTRYPOINT " + Self.json(start.entrypoint)) }
            if !start.cmd.isEmpty { tail.append("CMD " + Self.json(start.cmd)) }
        } else {
            if !keywords.contains(.entrypoint), let lines = resolved(.entrypoint) { tail = lines + tail }
            // An ENTRYPOINT takes a CMD of the base away, and then the config has none.
            if !keywords.contains(.cmd), let lines = resolved(.cmd) { tail += lines }
        }
        if !keywords.contains(.stopsignal), let lines = resolved(.stopsignal) { tail += lines }
        if !keywords.contains(.expose), let lines = resolved(.expose) { tail += lines }
    }

    private func resolved(_ keyword: Keyword) -> [String]? {
        switch keyword {
        case .entrypoint: config.entrypoint.isEmpty ? nil : ["ENTRYPOINT " + Self.json(config.entrypoint)]
        case .cmd: config.cmd.isEmpty ? nil : ["CMD " + Self.json(config.cmd)]
        case .expose:
            config.exposedPorts.isEmpty ? nil : ["EXPOSE " + config.exposedPorts.sorted().joined(separator: " ")]
        case .stopsignal: config.stopSignal.map { ["STOPSIGNAL " + $0] }
        case .volume: config.volumes.isEmpty ? nil : ["VOLUME " + Self.json(config.volumes.sorted())]
        case .label:
            config.labels.sorted { $0.key < $1.key }.map { "LABEL \(Self.quoted($0.key))=\(Self.quoted($0.value))" }
        default: nil
        }
    }

    /// Whether a health check starts a program that is copied.
    private func isHealthcheckPossible(_ command: Command) -> Bool {
        guard case .healthcheck(let check) = command else { return true }
        switch check.test {
        case .none: return true
        case .shell: return false
        case .exec(let words):
            guard let program = words.first?.text else { return false }
            let base = BytePath(cleaning: config.workingDir ?? "/")
            let path =
                program.hasPrefix("/") ? BytePath(cleaning: program) : base.appending(BytePath(cleaning: program))
            return plan.items.contains { $0.path == path || ($0.isDirectory && path.isSameOrBelow($0.path)) }
        }
    }

    /// From the first of the comments right above an instruction to the end of its last line.
    private func rangeWithComments(_ instruction: Instruction) -> SourceRange {
        let source = dockerfile.source
        var first = instruction.lines.lowerBound - 1
        var start = source.lineStarts[first]
        for comment in instruction.comments.reversed() {
            let line = source.line(at: comment.range.start)
            guard line == first - 1 else { break }
            first = line
            start = source.lineStarts[line]
        }
        let next = instruction.lines.upperBound
        return SourceRange(start, next < source.lineStarts.count ? source.lineStarts[next] : source.bytes.count)
    }

    // MARK: - The new stage

    /// Directories that the program writes to can only be made where there is a shell.
    private func directories(_ name: String) -> [String] {
        guard !plan.directories.isEmpty, plan.hasShell else { return [] }
        var lines = ["", "# Directories that the program writes to."]
        let isRoot = ["", "0", "root", "0:0", "root:root"].contains(config.user ?? "")
        if !isRoot { lines.append("USER 0") }
        let commands = plan.directories.flatMap { directory -> [String] in
            let path = "/slim" + directory.path.absolute
            var out = ["mkdir -p \(path)"]
            if directory.uid != 0 || directory.gid != 0 {
                out.append("chown \(directory.uid):\(directory.gid) \(path)")
            }
            if directory.mode != 0o755 { out.append("chmod \(String(directory.mode, radix: 8)) \(path)") }
            return out
        }
        lines.append("RUN " + commands.joined(separator: " && \\" + lineEnd + "    "))
        return lines
    }

    private func copies(_ name: String) -> [String] {
        var lines: [String] = []
        if !plan.directories.isEmpty {
            if plan.hasShell {
                lines.append("COPY --from=\(name) /slim/ /")
            } else {
                lines.append("# Directories that the program writes to.")
                for directory in plan.directories {
                    let owner =
                        directory.uid == 0 && directory.gid == 0 ? "" : " --chown=\(directory.uid):\(directory.gid)"
                    let place = directory.path.absolute + "/"
                    lines.append(
                        "COPY --from=\(name)\(owner) --chmod=\(String(directory.mode, radix: 8)) \(place) \(place)")
                }
            }
        }
        var told: SlimPlan.Reason?
        for group in groups() {
            if group.reason != told { lines.append("# " + SlimText.reason(group.reason)) }
            told = group.reason
            let sources = group.sources.map(\.absolute)
            let line = "COPY --from=\(name) " + (sources + [group.destination]).joined(separator: " ")
            if line.utf8.count <= 120 {
                lines.append(line)
            } else {
                let glue = " \\" + lineEnd + "    "
                lines.append("COPY --from=\(name)" + glue + (sources + [group.destination]).joined(separator: glue))
            }
        }
        return lines
    }

    private struct Group {
        var reason: SlimPlan.Reason
        var sources: [BytePath]
        var destination: String
    }

    /// Files that go into one directory for one reason share an instruction, and so a layer.
    private func groups() -> [Group] {
        var out: [Group] = []
        for item in plan.items {
            if item.isDirectory || item.destination != nil {
                out.append(
                    Group(
                        reason: item.reason, sources: [item.path],
                        destination: (item.destination ?? item.path).absolute))
                continue
            }
            let parent = item.path.parent.isRoot ? "/" : item.path.parent.absolute + "/"
            if let index = out.lastIndex(where: { $0.reason == item.reason && $0.destination == parent }) {
                out[index].sources.append(item.path)
            } else {
                out.append(
                    Group(
                        reason: item.reason, sources: [item.path],
                        destination: parent))
            }
        }
        return out
    }

    /// Variables that tools of the build set and programs don't read.
    private static let buildVariables: Set<String> = [
        "GOLANG_VERSION", "GOTOOLCHAIN", "GOPATH", "GOROOT", "GOCACHE", "GOFLAGS", "CGO_ENABLED", "GOPROXY", "GOOS",
        "GOARCH", "RUSTUP_HOME", "CARGO_HOME", "RUST_VERSION", "PYTHON_VERSION", "PYTHON_PIP_VERSION", "PYTHON_SHA256",
        "PYTHON_GET_PIP_URL", "PYTHON_GET_PIP_SHA256", "GPG_KEY", "NODE_VERSION", "YARN_VERSION", "DEBIAN_FRONTEND",
        "SWIFT_VERSION", "SWIFT_SIGNING_KEY", "SWIFT_PLATFORM", "SWIFT_BRANCH", "SWIFT_WEBROOT",
    ]
    private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    private func settings() -> [String] {
        var lines: [String] = []
        let variables = config.env.filter { line in
            let name = line.prefix { $0 != "=" }
            if name == "PATH" { return line.dropFirst(5) != Self.usualPath && startsByName }
            return !Self.buildVariables.contains(String(name))
        }
        for line in variables {
            guard let equals = line.firstIndex(of: "=") else { continue }
            lines.append("ENV \(line[..<equals])=\(Self.quoted(String(line[line.index(after: equals)...])))")
        }
        if let directory = config.workingDir, !directory.isEmpty, directory != "/" {
            lines.append("WORKDIR \(directory)")
        }
        if let user = user ?? config.user, !user.isEmpty { lines.append("USER \(user)") }
        return lines
    }

    /// Whether programs are looked up in directories that are not in the usual PATH.
    private var startsByName: Bool {
        let usual = Self.usualPath.split(separator: ":").map { BytePath(cleaning: String($0)) }
        return plan.items.contains { $0.reason == .program && !usual.contains($0.path.parent) } && !startsByPath
    }

    private var startsByPath: Bool {
        let words = start.map { $0.entrypoint + $0.cmd } ?? config.entrypoint + config.cmd
        return words.first?.contains("/") == true && plan.items.filter { $0.reason == .program }.count == 1
    }

    static func json(_ words: [String]) -> String {
        "[" + words.map { "\"" + escaped($0, "") + "\"" }.joined(separator: ", ") + "]"
    }

    private static func quoted(_ text: String) -> String { "\"" + escaped(text, "$") + "\"" }

    private static func escaped(_ text: String, _ more: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\" + String(scalar)
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            default: out += (more.unicodeScalars.contains(scalar) ? "\\" : "") + String(scalar)
            }
        }
        return out
    }
}

extension SlimRewriter {
    /// The Dockerfile as it is, but for the flags of `go build`.
    package static func withGoFlags(_ dockerfile: Dockerfile, withoutC: Bool) -> [UInt8] {
        apply(GoBuildEdit.edits(LintFile(parsing: dockerfile.source), withoutC: withoutC), to: dockerfile.source.bytes)
    }

    private static func apply(_ edits: [TextEdit], to bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var at = 0
        for edit in edits.sorted(by: { ($0.range.start, $0.range.end) < ($1.range.start, $1.range.end) })
        where edit.range.start >= at {
            out += bytes[at..<edit.range.start]
            out += Array(edit.text.utf8)
            at = edit.range.end
        }
        return out + bytes[at...]
    }
}
