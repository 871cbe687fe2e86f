// Linux's fs/exec.c, fs/binfmt_elf.c and fs/binfmt_script.c; https://man7.org/linux/man-pages/man2/execve.2.html
internal import Binaries
internal import Core
internal import Layers
internal import OCI

/// Whether a kernel can start a file of an image, and what that takes.
struct ProgramJudge {
    /// What was found of one file.
    struct Finding {
        var start: ProgramVerdict.Start
        /// The ELF program that runs in the end; a script's interpreter.
        var program: LinkTree.File?

        init(_ start: ProgramVerdict.Start, program: LinkTree.File? = nil) {
            self.start = start
            self.program = program
        }

        init(missing: ProgramVerdict.Missing) { self.init(.fails([missing])) }
    }

    /// The content of a file is not known, so there is nothing to say.
    struct Unknown: Error {}

    /// Scripts whose interpreters are scripts.
    private static let scriptLimit = 5

    let tree: LinkTree
    let environment: ProcessEnvironment
    let platform: Platform
    private let budget = LinkBudget(3_000_000)
    /// Of the above, what one program may take.
    private static let programLimit = 150_000

    init(_ image: AnalysedImage) {
        tree = LinkTree(image)
        environment = ProcessEnvironment(image.config.config)
        platform = image.platform
    }

    /// - Parameter ignoringRights: asks whether the file itself starts, whoever may start it.
    /// - Throws: ``Unknown``; ``LinkBudget/Exhausted``.
    func start(_ file: LinkTree.File, ignoringRights: Bool = false) throws -> Finding {
        try start(file, ignoringRights: ignoringRights, depth: 0)
    }

    private func start(_ file: LinkTree.File, ignoringRights: Bool = false, depth: Int) throws -> Finding {
        guard ignoringRights || tree.canExecute(file) else { return Finding(missing: .notExecutable(file.path)) }
        guard let facts = file.facts else {
            if file.entry.size == 0 { return Finding(missing: .unknownFormat(file.path)) }
            throw Unknown()
        }
        if let binary = facts.binary { return try start(file, binary) }
        if !facts.interpreter.isEmpty { return try start(script: file, facts.interpreter, depth) }
        if facts.kind == .program { throw Unknown() }
        return Finding(missing: .unknownFormat(file.path))
    }

    // MARK: - ELF

    private func start(_ file: LinkTree.File, _ facts: BinaryFacts) throws -> Finding {
        guard facts.kind != .object, facts.kind != .core else { return Finding(missing: .unknownFormat(file.path)) }
        guard Platform(os: platform.os, architecture: facts.architecture).runsAnywhere(on: platform) else {
            return Finding(missing: .architecture(facts.architecture, image: platform.architecture))
        }
        guard let interpreter = facts.interpreter else {
            return Finding(.isStatic, program: file)
        }
        guard let loader = tree.file(environment.workingDirectory.joined(interpreter)), tree.canExecute(loader),
            isLoader(loader, for: facts)
        else {
            return Finding(.fails([.interpreter(interpreter)]), program: file)
        }
        let result = try Loader.load(
            file, facts, loader: loader, interpreter: interpreter, tree, environment,
            budget.part(Self.programLimit))
        let start: ProgramVerdict.Start =
            result.missing.isEmpty ? .resolves(libraries: result.libraries) : .fails(result.missing)
        return Finding(start, program: file)
    }

    private func isLoader(_ loader: LinkTree.File, for facts: BinaryFacts) -> Bool {
        guard let binary = loader.facts?.binary else {
            // Its content was not looked at: it is taken for what its name says.
            return loader.facts == nil || loader.facts?.kind == .program || loader.facts?.kind == .sharedLibrary
        }
        return binary.bits == facts.bits && binary.architecture == facts.architecture
    }

    // MARK: - Scripts

    private func start(script: LinkTree.File, _ words: [String], _ depth: Int) throws -> Finding {
        guard let name = words.first, depth < Self.scriptLimit,
            let interpreter = tree.file(environment.workingDirectory.joined(name))
        else {
            return Finding(missing: .scriptInterpreter(words.first ?? "", script: script.path))
        }
        var finding = try start(interpreter, depth: depth + 1)
        guard case .resolves(let own) = finding.start.asResolved(interpreter.path) else { return finding }
        finding.start = .resolves(libraries: own)
        guard interpreterName(name) == "env" else { return finding }
        return try startThroughEnv(script: script, Array(words.dropFirst()), finding, depth)
    }

    /// `#!/usr/bin/env NAME` looks the name up; what follows the name is part of it, unless `-S` splits it.
    private func startThroughEnv(
        script: LinkTree.File, _ words: [String], _ env: Finding, _ depth: Int
    ) throws -> Finding {
        var words = words[...]
        var isSplit = false
        while let word = words.first, word.hasPrefix("-") {
            words = words.dropFirst()
            if word == "--split-string" || word == "-S" || word == "-vS" || word == "-iS" {
                isSplit = true
            } else if word.hasPrefix("-S") {
                isSplit = true
                words = [String(word.dropFirst(2))] + words
            } else if word == "-u" || word == "-C" {
                words = words.dropFirst()
            }
        }
        while isSplit, let word = words.first, word.contains("=") { words = words.dropFirst() }
        guard let first = words.first else { return env }
        let name = isSplit ? first : words.joined(separator: " ")
        guard case .file(let program) = command(name) else {
            return Finding(missing: .scriptInterpreter(name, script: script.path))
        }
        var finding = try start(program, depth: depth + 1)
        if case .resolves(let more) = finding.start.asResolved(program.path),
            case .resolves(let own) = env.start
        {
            finding.start = .resolves(libraries: own + more.filter { !own.contains($0) })
        }
        return finding
    }

    private func interpreterName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    // MARK: - Commands

    /// Whether `/bin/sh` is busybox.
    var hasBusyboxShell: Bool {
        tree.file("bin/sh").map { String(decoding: $0.path.name, as: UTF8.self).contains("busybox") } ?? false
    }

    enum Command {
        case file(LinkTree.File)
        /// There is a file, and the user can't run it.
        case notExecutable(BytePath)
        case missing
    }

    /// Finds a command as the runtime does: by path from the working directory, else in the directories of PATH.
    func command(_ name: String) -> Command {
        guard !name.isEmpty else { return .missing }
        if name.utf8.contains(UInt8(ascii: "/")) {
            let path = environment.workingDirectory.joined(name)
            guard let file = tree.file(path) else {
                return tree.directory(path) == nil ? .missing : .notExecutable(path)
            }
            return .file(file)
        }
        var refused: BytePath?
        for directory in environment.path {
            guard let file = tree.file(directory.appending(name)) else { continue }
            if tree.canExecute(file) { return .file(file) }
            refused = refused ?? file.path
        }
        return refused.map { .notExecutable($0) } ?? .missing
    }
}

extension ProgramVerdict.Start {
    /// With the program itself as one more file that is needed; failures stay.
    fileprivate func asResolved(_ program: BytePath) -> ProgramVerdict.Start {
        switch self {
        case .isStatic: .resolves(libraries: [program])
        case .resolves(let libraries): .resolves(libraries: [program] + libraries)
        case .fails: self
        }
    }
}

extension Platform {
    /// Whether programs for `self` run on machines of a platform; what is not named runs.
    fileprivate func runsAnywhere(on image: Platform) -> Bool {
        image.architecture.isEmpty || architecture == image.architecture || runs(on: image)
    }
}
