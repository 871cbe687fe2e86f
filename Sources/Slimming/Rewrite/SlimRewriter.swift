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

    let dockerfile: Dockerfile
    let stage: Stage
    let config: ContainerConfig
    let plan: SlimPlan
    private let ambition: Ambition
    /// Takes the place of the image's user.
    private let user: String?
    /// What starts, when that isn't what the Dockerfile says.
    let start: (entrypoint: [String], cmd: [String])?
    let lineEnd: String

    var edits: [TextEdit] = []
    /// Lines of the new stage's end.
    var tail: [String] = []
    package internal(set) var notes: [String] = []

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
        let made = made()
        let isLast = stage.index == dockerfile.stages.count - 1
        if !isLast, !made.isEmpty {
            // Other stages follow: what is made belongs to the end of this one.
            let lines = (made.dropFirst() + [""]).joined(separator: lineEnd)
            edits.append(.insert(lines, at: endOfStage))
        }
        var text = Self.apply(edits, to: dockerfile.source.bytes)
        while let last = text.last, last == 0x0a || last == 0x0d || last == 0x20 { text.removeLast() }
        let settings = settings()
        let lines =
            (isLast ? made : []) + ["", "# What runs: found by watching the program and reading what it links to."]
            + ["FROM scratch"] + copies(name) + settings + tail
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

    /// Behind the line end of its last instruction.
    private var endOfStage: Int {
        let source = dockerfile.source
        let last =
            stage.statements.last?.instruction.lines.upperBound ?? source.line(at: stage.from.image.range.end) + 1
        return last < source.lineStarts.count ? source.lineStarts[last] : source.bytes.count
    }

    // MARK: - The new stage

    private var hasMadeTree: Bool { plan.hasShell && (!plan.directories.isEmpty || !links.isEmpty) }
    private var links: [SlimPlan.Item] { plan.items.filter { !$0.links.isEmpty } }

    /// Directories that the program writes to, and links, can only be made where there is a shell.
    private func made() -> [String] {
        guard hasMadeTree else { return [] }
        let what = [
            plan.directories.isEmpty ? nil : "directories that the program writes to",
            links.isEmpty ? nil : "other names of its programs",
        ].compactMap { $0 }.joined(separator: ", ")
        var lines = ["", "# " + what.prefix(1).uppercased() + what.dropFirst() + "."]
        let isRoot = ["", "0", "root", "0:0", "root:root"].contains(config.user ?? "")
        if !isRoot { lines.append("USER 0") }
        var commands = plan.directories.flatMap { directory -> [String] in
            let path = "/slim" + directory.path.absolute
            var out = ["mkdir -p \(path)"]
            if directory.uid != 0 || directory.gid != 0 {
                out.append("chown \(directory.uid):\(directory.gid) \(path)")
            }
            if directory.mode != 0o755 { out.append("chmod \(String(directory.mode, radix: 8)) \(path)") }
            return out
        }
        let places = Set(links.flatMap(\.links).map(\.parent)).sorted().filter { !$0.isRoot }
        if !places.isEmpty {
            commands.append("mkdir -p " + places.map { "/slim" + $0.absolute }.joined(separator: " "))
        }
        for item in links {
            for (parent, names) in Dictionary(grouping: item.links, by: \.parent).sorted(by: { $0.key < $1.key }) {
                commands.append(linking(names, in: parent, to: item.path))
            }
        }
        lines.append("RUN " + commands.joined(separator: " && \\" + lineEnd + "    "))
        return lines
    }

    /// The command that makes other names of a file, which lie in one directory.
    private func linking(_ names: [BytePath], in parent: BytePath, to target: BytePath) -> String {
        let place = "/slim" + (parent.isRoot ? "" : parent.absolute)
        let words = names.map { Self.shellWord(String(decoding: $0.name, as: UTF8.self)) }
        if words.count == 1 { return "ln -s \(target.absolute) \(place)/\(words[0])" }
        // Lines as long as a reader likes them.
        var text = "for name in"
        var column = 4 + text.count
        for word in words {
            if column + word.count + 1 > 110 {
                text += " \\" + lineEnd + "       "
                column = 7
            }
            text += " " + word
            column += word.count + 1
        }
        return text + "; do \\" + lineEnd + "        ln -s \(target.absolute) \"\(place)/$name\" || exit 1; \\"
            + lineEnd + "    done"
    }

    private static func shellWord(_ text: String) -> String {
        text.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
                || "/._-+".utf8.contains(byte)
        } ? text : "'\(text)'"
    }

    private func copies(_ name: String) -> [String] {
        var lines: [String] = []
        if hasMadeTree {
            lines.append("COPY --from=\(name) /slim/ /")
        } else if !plan.directories.isEmpty {
            lines.append("# Directories that the program writes to.")
            for directory in plan.directories {
                let owner = Self.chown(SlimPlan.Owner(uid: directory.uid, gid: directory.gid))
                let place = directory.path.absolute + "/"
                lines.append(
                    "COPY --from=\(name)\(owner) --chmod=\(String(directory.mode, radix: 8)) \(place) \(place)")
            }
        }
        var told: SlimPlan.Reason?
        for group in groups() {
            if group.reason != told { lines.append("# " + SlimText.reason(group.reason)) }
            told = group.reason
            let sources = group.sources.map(\.absolute)
            let copy = "COPY --from=\(name)" + (group.owner.map(Self.chown) ?? "")
            let line = copy + " " + (sources + [group.destination]).joined(separator: " ")
            if line.utf8.count <= 120 {
                lines.append(line)
            } else {
                let glue = " \\" + lineEnd + "    "
                lines.append(copy + glue + (sources + [group.destination]).joined(separator: glue))
            }
        }
        return lines
    }

    private static func chown(_ owner: SlimPlan.Owner) -> String {
        owner.isRoot ? "" : " --chown=\(owner.uid):\(owner.gid)"
    }

    private struct Group {
        var reason: SlimPlan.Reason
        var owner: SlimPlan.Owner?
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
                        reason: item.reason, owner: item.owner, sources: [item.path],
                        destination: (item.destination ?? item.path).absolute))
                continue
            }
            let parent = item.path.parent.isRoot ? "/" : item.path.parent.absolute + "/"
            if let index = out.lastIndex(where: {
                $0.reason == item.reason && $0.owner == item.owner && $0.destination == parent
            }) {
                out[index].sources.append(item.path)
            } else {
                out.append(
                    Group(
                        reason: item.reason, owner: item.owner, sources: [item.path],
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
    static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    private mutating func settings() -> [String] {
        var lines: [String] = []
        let variables = config.env.filter { line in
            let name = line.prefix { $0 != "=" }
            if name == "PATH" { return line.dropFirst(5) != Self.usualPath && startsByName }
            return !Self.buildVariables.contains(String(name))
        }
        let left = config.env.map { String($0.prefix { $0 != "=" }) }.filter(Self.buildVariables.contains)
        if !left.isEmpty { notes.append("ENV \(left.joined(separator: ", ")) is left out: tools of the build read it") }
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

    static func quoted(_ text: String) -> String { "\"" + escaped(text, "$") + "\"" }

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
