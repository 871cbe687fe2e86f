internal import Binaries
internal import ContentStore
internal import Core
internal import Inventory
internal import Layers
internal import OCI

/// A last stage on a base that has nothing but what the program needs.
extension AdviceMaker {
    /// A base, and the libraries that have to come with the program.
    struct StageBase {
        /// As FROM names it.
        var name: String
        var libraries: [BytePath] = []

        /// An estimate of its bytes.
        var bytes: Int64 {
            switch name {
            case "base:static": 3_000_000
            case "base:base": 20_000_000
            case "alpine": 9_000_000
            default: 30_000_000
            }
        }

        var hasShell: Bool { name == "alpine" }
    }

    /// One piece for both: build tools that are in the last stage, and a base that is larger than it has to be.
    func onStages() -> [Advice] { (withoutShell ?? self).stages() }

    /// The same image, started without the shell that only hands its command on: small bases have none.
    private var withoutShell: AdviceMaker? {
        let config = image.config.config
        guard let words = StartCommand.withoutShell(config.entrypoint + config.cmd) else { return nil }
        var changed = explanation
        changed.image.config.config.entrypoint = []
        changed.image.config.config.cmd = words
        // The first program is the shell; what it hands its command to comes behind.
        if changed.programs.first?.isEntrypoint == true { changed.programs.removeFirst() }
        changed.bases = Linkage(changed.image).bases()
        return AdviceMaker(changed, dockerfile)
    }

    private func stages() -> [Advice] {
        let items = items(of: [.buildTool, .source])
        // A few headers don't make a toolchain.
        let tools = Self.bytes(items) >= 1 << 20 && !image.layers.isEmpty ? Self.bytes(items) : 0
        let base = stageBase
        let saved = base.map(saved) ?? 0
        guard tools > 0 || saved >= 10_000_000 else { return [] }
        let edit = base.flatMap(edit)
        let onBase = saved >= 10_000_000 ? base?.name : nil
        let title: String
        if tools > 0 {
            title =
                "\(AdviceText.bytes(tools)) of compilers, headers and sources are in the final stage: build in a stage of its own"
                + (onBase.map { ", and end on \($0), which saves up to \(AdviceText.bytes(saved))" } ?? "")
        } else {
            title = "The program starts on \(onBase ?? ""), which saves up to \(AdviceText.bytes(saved))"
        }
        return [
            Advice(
                rule: tools > 0 ? "multi-stage" : "smaller-base", title: title,
                bytes: max(tools, onBase == nil ? 0 : saved), risk: 1, place: edit?.place ?? mostOf(items),
                before: edit?.before, after: edit?.after)
        ]
    }

    /// The line that brings the most.
    private func mostOf(_ items: [Waste.Item]) -> LayerCause.Place? {
        var byLayer: [Int: Int64] = [:]
        for item in items { byLayer[item.layer, default: 0] += item.bytes }
        return byLayer.max { ($0.value, $1.key) < ($1.value, $0.key) }.flatMap { place($0.key) }
    }

    // MARK: The base

    /// The programs that the image starts, where all of them are programs and none a script.
    private var started: [(path: BytePath, bytes: Int64)]? {
        let programs = explanation.programs.filter(\.isEntrypoint)
        var found: [(path: BytePath, bytes: Int64)] = []
        for program in programs {
            guard let node = try? image.tree.lookup(program.path), let binary = image.facts(of: node)?.binary,
                binary.isProgram
            else { return nil }
            found.append((program.path, node.entry.size))
        }
        return found.isEmpty ? nil : found
    }

    private func saved(_ base: StageBase) -> Int64 {
        guard let started else { return 0 }
        return explanation.kinds.reduce(0) { $0 + $1.bytes } - started.reduce(0) { $0 + $1.bytes } - base.bytes
    }

    /// The smallest base on which the program starts and misses nothing: of ours, where need be with libraries of the image,
    /// else Alpine.
    private var stageBase: StageBase? {
        guard let started else { return nil }
        func fits(_ verdict: BaseVerdict) -> Bool { verdict.gaps.isEmpty && verdict.start.missing.isEmpty }
        for name in ["static", "base", "cc"] {
            if let verdict = explanation.bases.first(where: { $0.base == name }), fits(verdict) {
                return StageBase(name: "base:" + name)
            }
        }
        if let verdict = explanation.bases.first(where: { $0.base == "cc" }) {
            let libraries = ownLibraries(verdict, started.map(\.path))
            if !libraries.isEmpty,
                let moved = Linkage(image).bases(bringing: libraries).first(where: { $0.base == "cc" }), fits(moved)
            {
                return StageBase(name: "base:cc", libraries: libraries)
            }
        }
        guard let alpine = explanation.bases.first(where: { $0.base == "alpine" }), fits(alpine) else { return nil }
        return StageBase(name: "alpine")
    }

    /// Libraries that the image has and a base lacks, with all that they need and the base lacks too.
    private func ownLibraries(_ verdict: BaseVerdict, _ programs: [BytePath]) -> [BytePath] {
        let lacking = verdict.start.missing.compactMap { missing -> String? in
            if case .library(let name, _) = missing { name } else { nil }
        }
        guard !lacking.isEmpty, lacking.count == verdict.start.missing.count,
            let base = BaseTable.cc.layer(image.platform.architecture)
        else { return [] }
        let onBase = Set(base.contents.entries.map(\.path.name))
        var found: [BytePath] = []
        var next = lacking
        var known = Set(lacking)
        let directories = Set(
            explanation.programs.filter(\.isEntrypoint).flatMap { program -> [BytePath] in
                if case .resolves(let libraries) = program.start { libraries.map(\.parent) } else { [] }
            }
        ).sorted()
        while let name = next.popLast() {
            let path = directories.lazy.map { $0.appending(name) }.first { path in
                ((try? image.tree.lookup(path)) ?? nil) != nil
            }
            guard let path, let node = try? image.tree.lookup(path) else { return [] }
            found.append(path)
            for needed in image.facts(of: node)?.binary?.needed ?? []
            where !onBase.contains(ArraySlice(needed.utf8)) && known.insert(needed).inserted { next.append(needed) }
        }
        return found.sorted()
    }

    // MARK: The edit

    /// The whole of what has to change: the first stage gets a name, and another one comes behind it. Where no RUN is in the
    /// last stage, another base will do.
    private func edit(_ base: StageBase) -> (place: LayerCause.Place?, before: String?, after: String)? {
        let place = image.instructions["FROM"]
        let from = dockerfile?.text(place)
        let isBuilt = image.layers.indices.contains { isOwn($0) && instructions[$0].isRun }
        if !isBuilt, base.libraries.isEmpty, let from {
            let name = DockerfileLines.stageName(from).map { " AS " + $0 } ?? ""
            return (place, from, "FROM \(base.name)\(name)")
        }
        guard let stage = lastStage(base, name: stageName(from)) else { return nil }
        guard let from else {
            return (nil, nil, "# Behind the stage that is there now, whose FROM gets \"AS build\":\n" + stage)
        }
        let named = DockerfileLines.stageName(from) == nil ? from + " AS " + stageName(from) : from
        return (place, from, named + "\n# What follows it stays; behind that comes\n" + stage)
    }

    /// What the stage is called, or is to be called.
    private func stageName(_ from: String?) -> String {
        if let from, let name = DockerfileLines.stageName(from) { return name }
        let taken = Set((dockerfile?.stages ?? []).map { $0.lowercased() })
        return ["build", "compile", "made"].first { !taken.contains($0) } ?? "everything"
    }

    /// The stage that comes behind: the programs, and all that the configuration says of how they run.
    private func lastStage(_ base: StageBase, name: String) -> String? {
        let config = image.config.config
        var lines = ["FROM \(base.name)"]
        lines += variables(config.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, "LABEL")
        lines += variables(config.env.compactMap(Self.variable), "ENV")
        if let directory = config.workingDir, !directory.isEmpty, directory != "/" {
            lines.append("WORKDIR " + DockerfileWords.variable(directory))
        }
        for path in (started ?? []).map(\.path) + base.libraries {
            guard let copy = DockerfileWords.copy("--from=\(name)", [path], to: path.absolute) else { return nil }
            lines.append(copy)
        }
        lines.append("# and in the same way what else it reads while it runs")
        if !config.exposedPorts.isEmpty {
            lines.append("EXPOSE " + config.exposedPorts.sorted().joined(separator: " "))
        }
        if !config.volumes.isEmpty { lines.append("VOLUME " + DockerfileWords.json(config.volumes.sorted())) }
        if let signal = config.stopSignal, !signal.isEmpty { lines.append("STOPSIGNAL " + signal) }
        if let check = config.healthcheck.flatMap({ healthcheck($0, base) }) { lines.append(check) }
        lines.append("USER " + (isRoot ? "65532:65532" : ProgramJudge(image).tree.user.numeric ?? "65532:65532"))
        lines += command(config)
        return lines.joined(separator: "\n")
    }

    /// What is started goes by its path: a base may have other directories in PATH.
    private func command(_ config: ContainerConfig) -> [String] {
        guard let program = started?.first?.path.absolute else { return [] }
        if config.entrypoint.isEmpty { return ["CMD " + DockerfileWords.json([program] + config.cmd.dropFirst())] }
        let entrypoint = "ENTRYPOINT " + DockerfileWords.json([program] + config.entrypoint.dropFirst())
        return config.cmd.isEmpty ? [entrypoint] : [entrypoint, "CMD " + DockerfileWords.json(config.cmd)]
    }

    private func healthcheck(_ check: ContainerConfig.Healthcheck, _ base: StageBase) -> String? {
        var words = ["HEALTHCHECK"]
        for (flag, time) in [
            ("interval", check.interval), ("timeout", check.timeout), ("start-period", check.startPeriod),
            ("start-interval", check.startInterval),
        ] {
            if let time, time > 0 { words.append("--\(flag)=\(DockerfileWords.duration(time))") }
        }
        if let retries = check.retries, retries > 0 { words.append("--retries=\(retries)") }
        switch check.test.first {
        case "NONE": return "HEALTHCHECK NONE"
        case "CMD":
            return (words + ["CMD", DockerfileWords.json(Array(check.test.dropFirst()))]).joined(separator: " ")
        case "CMD-SHELL":
            guard let command = check.test.dropFirst().first, !command.contains("\n") else { return nil }
            let text = (words + ["CMD", command]).joined(separator: " ")
            return base.hasShell ? text : "# \(base.name) has no shell for\n# \(text)"
        default: return nil
        }
    }

    // MARK: Variables and labels

    /// Set by bases of toolchains, and of no use to what they made.
    private static let toolchain: Set<String> = [
        "GOLANG_VERSION", "GOTOOLCHAIN", "GOPATH", "GOROOT", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS",
        "CGO_ENABLED",
        "CARGO_HOME", "RUSTUP_HOME", "RUST_VERSION", "DEBIAN_FRONTEND", "GCC_VERSION", "JAVA_VERSION", "MAVEN_HOME",
        "GPG_KEY", "GPG_KEYS", "SWIFT_VERSION", "SWIFT_SIGNING_KEY", "SWIFT_PLATFORM", "SWIFT_BRANCH", "SWIFT_WEBROOT",
    ]

    private static func variable(_ text: String) -> (String, String)? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = String(text[..<equals])
        return name == "PATH" || toolchain.contains(name) ? nil : (name, String(text[text.index(after: equals)...]))
    }

    /// ENV or LABEL for each of what this Dockerfile sets, and not its base; all of them where it is not known.
    private func variables(_ pairs: [(name: String, value: String)], _ keyword: String) -> [String] {
        pairs.compactMap { name, value in
            guard DockerfileWords.isPlain(name), dockerfile?.mentions(name) != false else { return nil }
            return DockerfileWords.quoted(value).map { "\(keyword) \(name)=\($0)" }
        }
    }
}
