import Core
import DockerfileSyntax
import SampanTestSupport

/// What a Dockerfile builds, written in a normal form: stages, what each stands on and takes from others, and the steps
/// with their settings. Two files that build the same have the same form.
///
/// With `fixed` the form leaves out what safe fixes are there to change, and nothing else: every such rule is named
/// where it is applied.
struct BuildMeaning {
    private let dockerfile: Dockerfile
    private let fixed: Bool
    private(set) var lines: [String] = []
    /// The working directory at the end of each stage; nil where the image tells.
    private var directories: [String?] = []

    init(_ dockerfile: Dockerfile, fixed: Bool) {
        self.dockerfile = dockerfile
        self.fixed = fixed
        for argument in dockerfile.metaArgs { lines.append("meta " + text(argument.command)) }
        for stage in dockerfile.stages { add(stage) }
    }

    private mutating func add(_ stage: Stage) {
        let from = stage.from
        var image = from.image.text
        if fixed {
            // SMP2031 adds a digest; StageNameCasing writes names in small letters.
            if let at = image.firstIndex(of: "@") { image = String(image[..<at]) }
            if dockerfile.stages.contains(where: { $0.index < stage.index && $0.name == image.lowercased() }) {
                image = image.lowercased()
            }
        }
        // DL3065 and RedundantTargetPlatform: it is the default.
        let platform = from.platform.map(\.text) ?? ""
        let isRedundant = fixed && (platform == "$TARGETPLATFORM" || platform == "${TARGETPLATFORM}")
        lines.append("from \(image) name=\(stage.name ?? "") platform=\(isRedundant ? "" : platform)")
        var steps: [(kind: String, text: String)] = []
        var directory = directory(below: stage)
        for statement in stage.statements {
            if fixed, case .workdir(let word) = statement.command {
                // DL3000 writes the path from the root on.
                let next = WorkingDirectory.joined(directory, word.text)
                directory = next
                steps.append(("workdir", next))
                continue
            }
            let keyword = statement.instruction.keyword
            // DL3012, DL4003, DL4004, MultipleInstructionsDisallowed: of several the last one counts.
            if fixed, let keyword, [.cmd, .entrypoint, .healthcheck].contains(keyword) {
                steps.removeAll { $0.kind == keyword.rawValue }
            }
            steps.append((kind(of: statement)?.rawValue ?? "", text(statement.command)))
        }
        directories.append(directory)
        lines += steps.filter { !$0.text.isEmpty }.map { "  " + $0.kind.lowercased() + " " + $0.text }
    }

    private func directory(below stage: Stage) -> String? {
        let image = stage.from.image.text
        if image == "scratch" { return "/" }
        let parent = dockerfile.stages.last { $0.index < stage.index && $0.name == image.lowercased() }
        return parent.flatMap { directories[$0.index] }
    }

    private func kind(of statement: Statement) -> Keyword? {
        guard fixed else { return statement.instruction.keyword }
        switch statement.command {
        // DL4000, MaintainerDeprecated: a label says the same.
        case .maintainer: return .label
        // DL3020: of files that are neither archives nor downloads ADD makes what COPY makes.
        case .add(let add):
            let isPlain = add.transfer.sources.allSatisfy { source in
                guard case .path(let word) = source else { return true }
                let isArchive = [".gz", ".xz", ".tar", ".bz2", ".tgz", ".zst"].contains { word.text.hasSuffix($0) }
                return !isArchive && !word.text.contains("://") && !word.text.contains("$") && !word.text.contains("*")
            }
            return isPlain ? .copy : .add
        default: return statement.instruction.keyword
        }
    }

    private func text(_ command: Command) -> String {
        switch command {
        case .from(let from): from.image.text
        case .run(let run): text(run)
        case .cmd(let line), .entrypoint(let line): text(line.form)
        case .label(let pairs): pairs.map { pair($0) }.joined(separator: " ")
        case .env(let pairs): pairs.map { pair($0) }.joined(separator: " ")
        case .expose(let words):
            // ExposeProtoCasing, ExposeInvalidFormat.
            words.map { fixed ? port($0.text) : $0.text }.joined(separator: " ")
        case .add(let add): "\(transfer(add.transfer)) checksum=\(add.checksum?.text ?? "") from="
        case .copy(let copy):
            "\(transfer(copy.transfer)) checksum= from=\(copy.from.map { fixed ? $0.text.lowercased() : $0.text } ?? "")"
        case .user(let word), .workdir(let word), .stopsignal(let word): word.text
        case .volume(let words), .shell(let words): words.map(\.text).joined(separator: "|")
        case .arg(let entries): entries.map { "\($0.name.text)=\($0.value?.text ?? "?")" }.joined(separator: " ")
        case .onbuild(let onbuild): text(onbuild.trigger.command)
        case .healthcheck(let check): "\(health(check.test)) \(check.interval) \(check.timeout) \(check.retries)"
        case .maintainer(let word): "maintainer=" + word.text
        }
    }

    private func health(_ test: HealthcheckCommand.Test) -> String {
        switch test {
        case .none: "NONE"
        case .shell(let word): text(CommandLine.Form.shell(word))
        case .exec(let words): text(CommandLine.Form.exec(words))
        }
    }

    /// The value as the builder gets it: LegacyKeyValueFormat writes quotes and escapes around it.
    private func pair(_ pair: Pair) -> String {
        let expander = Expander(escape: dockerfile.escape, source: nil) { "${" + $0 + "}" }
        let name = (try? expander.expand(pair.name)) ?? pair.name.text
        let value = (try? expander.expand(pair.value)) ?? pair.value.text
        return "\(name)=\(value)"
    }

    private func port(_ text: String) -> String {
        let last = text.split(separator: ":").last.map(String.init) ?? text
        return last.lowercased()
    }

    private func transfer(_ transfer: Transfer) -> String {
        let sources = transfer.sources.map { source in
            switch source {
            case .path(let word): word.text
            case .heredoc(let heredoc): String(decoding: heredoc.content, as: UTF8.self)
            }
        }
        var destination = transfer.destination.text
        if fixed {
            // DL3021: several files only go to a directory.
            if sources.count > 1, !destination.hasSuffix("/") { destination += "/" }
        }
        return (sources + [destination]).joined(separator: "|")
            + " \(transfer.chown?.text ?? "") \(transfer.chmod?.text ?? "") \(transfer.link)"
    }

    private func text(_ form: CommandLine.Form) -> String {
        switch form {
        case .exec(let words):
            // SMP1007, in what a shell is given with -c.
            return "exec " + words.map { "<\(fixed ? $0.text.replacing("exec ", with: "") : $0.text)>" }.joined()
        case .shell(let word):
            // DL3025, JSONArgsRecommended: plain words go to the program without a shell; SMP1007: `exec` takes its place.
            if fixed, let words = PlainCommand.words(word.text)?.withoutExec {
                return "exec " + words.map { "<\($0)>" }.joined()
            }
            return "shell " + (fixed ? word.text.replacing("exec ", with: "") : word.text)
        }
    }

    private func text(_ run: RunCommand) -> String {
        var out =
            run.mounts.map { $0.word.text }.joined(separator: ";")
            + " \(run.network.rawValue) \(run.security.rawValue) "
        let bodies = run.line.heredocs.map { String(decoding: $0.content, as: UTF8.self) }
        switch run.line.form {
        case .exec(let words): out += "exec " + script(words.map { ShellQuote.word($0.text) }.joined(separator: " "))
        case .shell(let word):
            out += "shell " + script(word.text)
        }
        for body in bodies { out += " <<" + script(body) }
        return out
    }

    private func script(_ text: String) -> String { fixed ? ScriptMeaning.of(text) : text }
}

enum WorkingDirectory {
    static func joined(_ current: String?, _ path: String) -> String {
        let path = path.filter { $0 != "\"" }
        if path.hasPrefix("/") || path.hasPrefix("$") { return clean(path) }
        return clean((current ?? "?") + "/" + path)
    }

    private static func clean(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
