internal import Binaries
internal import Core
internal import Layers
internal import OCI

/// Whether the image starts, and as whom.
extension AdviceMaker {
    func onStarting() -> [Advice] {
        var advice: [Advice] = []
        for program in explanation.programs where program.isEntrypoint {
            if case .fails(let missing) = program.start { advice.append(failure(program, missing)) }
            advice += program.gaps.map(gap)
        }
        return advice + onGo()
    }

    // MARK: What it does not start without

    private func failure(_ program: ProgramVerdict, _ missing: [ProgramVerdict.Missing]) -> Advice {
        let what = missing.map(\.text).joined(separator: "; ")
        var advice = Advice(
            rule: "will-not-start", title: "\(AdviceText.quoted(program.path)) will not start: \(what)", risk: 2)
        guard let edit = startingEdit(missing) else { return advice }
        advice.before = edit.before
        advice.after = edit.after
        if edit.before != nil { advice.place = image.instructions["FROM"] }
        return advice
    }

    /// A base on which it starts, or the one library that it lacks.
    private func startingEdit(_ missing: [ProgramVerdict.Missing]) -> (before: String?, after: String)? {
        let isLoading = missing.allSatisfy { missing in
            switch missing {
            case .interpreter, .library, .version: true
            default: false
            }
        }
        guard isLoading else { return nil }
        let from = dockerfile?.text(image.instructions["FROM"])
        let name = from.flatMap { DockerfileLines.stageName($0) }.map { " AS " + $0 } ?? ""
        if let base = explanation.bases.first(where: { base in
            ["base", "cc"].contains(base.base) && base.start.missing.isEmpty
        }) {
            return (from, "FROM base:\(base.base)\(name)")
        }
        let libraries = missing.compactMap { missing -> String? in
            if case .library(let name, _) = missing { name } else { nil }
        }
        guard libraries.count == 1, libraries.count == missing.count, let directory = libraryDirectory else {
            return nil
        }
        let path = directory.appending(libraries[0])
        return DockerfileWords.copy("--from=\(buildStage)", [path], to: directory.absolute + "/").map {
            (
                nil,
                $0 + "\n# and in the same way what 'ldd \(AdviceText.quoted(path))' names there and this base has not"
            )
        }
    }

    /// Where the loader of the image's libraries finds them, and Debian has them.
    private var libraryDirectory: BytePath? {
        guard let triple = LoaderDirectories.triples[image.platform.architecture] else { return nil }
        let path = BytePath(cleaning: "usr/lib/" + triple)
        return (try? image.tree.lookup(path)) == nil ? nil : path
    }

    /// A stage that files may come from.
    private var buildStage: String {
        let own = dockerfile?.text(image.instructions["FROM"]).flatMap { DockerfileLines.stageName($0) }
        return dockerfile?.stages.last { $0 != own } ?? "build"
    }

    // MARK: What it wants later

    private func gap(_ gap: ProgramVerdict.RuntimeGap) -> Advice {
        let after: String? =
            switch gap.need {
            case .certificates: copy("etc/ssl/certs/ca-certificates.crt", to: gap.missing)
            case .timeZones: copy("usr/share/zoneinfo", to: gap.missing)
            case .users: users(gap.missing)
            case .names: "COPY <<EOF /etc/nsswitch.conf\nhosts: files dns\nEOF"
            case .temporaryFiles: temporaryDirectory
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

    /// COPY of what Debian has at a place to where the image's settings want it.
    private func copy(_ source: BytePath, to path: String) -> String? {
        guard path.hasPrefix("/") else { return nil }
        return DockerfileWords.copy("--from=\(buildStage)", [source], to: path)
    }

    /// Makes a directory in which everybody may write. Where no RUN can run it comes from another stage, empty.
    private var temporaryDirectory: String {
        let set = image.config.config.env.lazy.compactMap { variable in
            variable.hasPrefix("TMPDIR=") ? variable.dropFirst(7) : nil
        }.last
        let name = set.flatMap { $0.hasPrefix("/") && $0.count > 1 ? String($0) : nil } ?? "/tmp"
        if hasShell { return "RUN install -d -m 1777 \(AdviceText.word(name))" }
        return "# in the stage '\(buildStage)':\nRUN install -d -m 1777 \(AdviceText.word("/empty" + name))\n"
            + "# in the last one:\nCOPY --from=\(buildStage) /empty/ /"
    }

    /// Whether a RUN can run.
    private var hasShell: Bool { (try? image.tree.lookup("bin/sh")) != nil }

    private func users(_ missing: String) -> String? {
        if missing.hasPrefix("/") { return "COPY --from=\(buildStage) /etc/passwd /etc/group /etc/" }
        let user = image.config.config.user?.split(separator: ":").first ?? ""
        guard !user.isEmpty, user.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        let line = "app:x:\(user):\(user)::/:/sbin/nologin"
        return hasShell
            ? "RUN echo '\(line)' >> /etc/passwd"
            : "COPY <<EOF /etc/passwd\nroot:x:0:0::/root:/sbin/nologin\n\(line)\nEOF"
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
