internal import Binaries
internal import Core
internal import Layers
internal import OCI

/// Whether the image starts, and as whom.
extension AdviceMaker {
    func onStarting() -> [Advice] {
        var advice: [Advice] = []
        for program in explanation.programs where program.isEntrypoint {
            if case .fails(let missing) = program.start {
                let what = missing.map(\.text).joined(separator: "; ")
                advice.append(
                    Advice(
                        rule: "will-not-start",
                        title: "\(AdviceText.quoted(program.path)) will not start: \(what)", risk: 2))
            }
            advice += program.gaps.map(gap)
        }
        return advice
    }

    private func gap(_ gap: ProgramVerdict.RuntimeGap) -> Advice {
        let after: String? =
            switch gap.need {
            case .certificates, .timeZones: "COPY --from=build \(gap.missing) \(gap.missing)"
            case .users: users(gap.missing)
            case .names: "COPY <<EOF /etc/nsswitch.conf\nhosts: files dns\nEOF"
            case .temporaryFiles:
                hasShell ? "RUN install -d -m 1777 /tmp" : "COPY --from=build --chmod=1777 /tmp /tmp"
            case .shell: nil
            }
        let why =
            switch gap.need {
            case .certificates: "it talks TLS, and finds no certificate authorities"
            case .timeZones: "it loads time zones by name, and finds none"
            case .users:
                gap.missing.hasPrefix("/")
                    ? "it looks users up, and finds no table of them" : "it looks users up, and would not find its own"
            case .names: "it resolves host names, and is not told how"
            case .temporaryFiles: "it makes temporary files, and has no place for them"
            case .shell: "it starts a shell or other programs, and finds none"
            }
        return Advice(
            rule: "runtime-gap", title: "The program misses \(gap.missing): \(why)",
            risk: gap.need == .certificates ? 2 : 1, place: place(image.layers.count - 1), after: after)
    }

    /// Whether a RUN can run.
    private var hasShell: Bool { (try? image.tree.lookup("bin/sh")) ?? nil != nil }

    private func users(_ missing: String) -> String? {
        if missing.hasPrefix("/") { return "COPY --from=build /etc/passwd /etc/group /etc/" }
        let user = image.config.config.user?.split(separator: ":").first ?? ""
        guard !user.isEmpty, user.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        let line = "app:x:\(user):\(user)::/:/sbin/nologin"
        return hasShell
            ? "RUN echo '\(line)' >> /etc/passwd"
            : "COPY <<EOF /etc/passwd\nroot:x:0:0::/root:/sbin/nologin\n\(line)\nEOF"
    }

    func onConfig() -> [Advice] { onUser() + onBase() + onSecrets() + onInstalling() }

    private func onUser() -> [Advice] {
        let user = image.config.config.user ?? ""
        let name = user.split(separator: ":").first ?? ""
        let isRoot = name.isEmpty || name == "root" || !name.isEmpty && name.allSatisfy { $0 == "0" }
        guard isRoot, !image.layers.isEmpty else { return [] }
        return [
            Advice(
                rule: "non-root", title: "The image runs as root", risk: 1, before: user.isEmpty ? nil : "USER \(user)",
                after: "USER 65532:65532")
        ]
    }

    /// The smallest base on which the program starts and misses nothing; as FROM names it.
    var smallestBase: String? {
        for name in ["static", "base", "cc", "alpine"] {
            guard let base = explanation.bases.first(where: { $0.base == name }), base.gaps.isEmpty else { continue }
            if case .fails = base.start { continue }
            return name == "alpine" ? "alpine" : "base:" + name
        }
        return nil
    }

    /// Bytes of a base of ours, for an estimate of what stays.
    private static let baseBytes: [String: Int64] = [
        "base:static": 3_000_000, "base:base": 20_000_000, "base:cc": 30_000_000, "alpine": 9_000_000,
    ]

    private func onBase() -> [Advice] {
        guard let base = smallestBase, let program = explanation.programs.first(where: \.isEntrypoint),
            let node = try? image.tree.lookup(program.path)
        else { return [] }
        let tree = explanation.kinds.reduce(0) { $0 + $1.bytes }
        let saved = tree - node.entry.size - (Self.baseBytes[base] ?? 0)
        // A script brings more files than the one that starts.
        guard saved >= 10_000_000, image.facts(of: node)?.binary != nil else { return [] }
        return [
            Advice(
                rule: "smaller-base",
                title: "The program starts on \(base), which saves up to \(AdviceText.bytes(saved))", bytes: saved,
                risk: 1, after: lastStage())
        ]
    }

    private func onSecrets() -> [Advice] {
        var advice: [Advice] = []
        for (layer, facts) in image.layers.map(\.facts).enumerated() {
            for (index, entry) in facts.contents.entries.enumerated() where facts.facts.indices.contains(index) {
                guard let secret = facts.facts[index]?.secrets.first, advice.count < 100 else { continue }
                let instruction = instructions[layer]
                let isCopy = instruction.isCopy && isOwn(layer)
                let name = String(decoding: entry.path.name, as: UTF8.self)
                advice.append(
                    Advice(
                        rule: "secret",
                        title: "\(AdviceText.quoted(entry.path)) looks like a secret (\(secret.title)): whoever has "
                            + "the image has it, even when a later layer deletes it",
                        risk: 2, place: place(layer), before: isCopy ? nil : instruction.shown,
                        after: isCopy
                            ? "# .dockerignore\n**/\(name)\n# and where a RUN needs it: "
                                + "--mount=type=secret,id=\(name),target=\(AdviceText.quoted(entry.path))" : nil))
            }
        }
        return advice
    }

    /// Debian installs what is merely recommended unless it is told not to.
    private func onInstalling() -> [Advice] {
        var advice: [Advice] = []
        for layer in image.layers.indices where isOwn(layer) {
            guard let shell = instructions[layer].shell else { continue }
            let commands = ShellCommands(shell)
            let words = commands.calls(of: ["apt-get", "apt"]).compactMap { call -> ShellCommands.Word? in
                let isTold = call.contains {
                    $0.text == "--no-install-recommends" || $0.text.contains("Install-Recommends=")
                }
                return isTold ? nil : call.first { $0.text == "install" }
            }
            guard !words.isEmpty else { continue }
            advice.append(
                Advice(
                    rule: "no-install-recommends",
                    title: "apt-get installs recommended packages too, which nobody asked for", risk: 1,
                    place: place(layer), before: instructions[layer].shown,
                    after: instructions[layer].withShell(
                        commands.inserting(" --no-install-recommends", behind: words))))
        }
        return advice
    }
}

extension ProgramVerdict.Missing {
    /// For people.
    var text: String {
        switch self {
        case .program(let name): "there is no program \(name)"
        case .notExecutable(let path): "\(path.absolute) can't be executed"
        case .interpreter(let path): "there is no loader \(path)"
        case .library(let name, let by): "\(by.absolute) needs the library \(name)"
        case .version(let version, let library, let by): "\(by.absolute) needs \(version) of \(library.absolute)"
        case .shell(let name): "there is no shell \(name)"
        case .architecture(let name, let image): "it is for \(name), the image for \(image)"
        case .scriptInterpreter(let name, let script): "\(script.absolute) wants \(name), which is not there"
        case .user(let name): "there is no user \(name)"
        case .unknownFormat(let path): "\(path.absolute) is no program that the kernel knows"
        }
    }
}
