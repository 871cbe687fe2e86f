import Core

/// Turns an instruction as written into what it means, and reports all that is wrong with it.
struct StatementBuilder {
    let source: SourceFile
    let instruction: Instruction
    var errors: [DockerfileError] = []

    init(source: SourceFile, instruction: Instruction) {
        self.source = source
        self.instruction = instruction
    }

    mutating func report(_ kind: DockerfileError.Kind, _ range: SourceRange) {
        errors.append(DockerfileError(kind, at: SourceSpan(source, range)))
    }

    var arguments: [Word] { instruction.arguments }
    var keywordRange: SourceRange { instruction.keywordWord.range }

    /// Nil when too much is missing for a meaning. A command with errors may still be given.
    mutating func build() -> Command? {
        guard let keyword = instruction.keyword else {
            report(.unknownInstruction(instruction.name), keywordRange)
            return nil
        }
        if instruction.hasFaultyJSON { return nil }
        switch keyword {
        case .from: return from()
        case .run: return run()
        case .cmd: return program().map(Command.cmd)
        case .entrypoint: return program().map(Command.entrypoint)
        case .label: return pairs().map(Command.label)
        case .env: return pairs().map(Command.env)
        case .expose: return words().map(Command.expose)
        case .add: return add()
        case .copy: return copy()
        case .user: return single().map(Command.user)
        case .workdir: return single().map(Command.workdir)
        case .stopsignal: return single().map(Command.stopsignal)
        case .maintainer: return single().map(Command.maintainer)
        case .volume: return volume()
        case .arg: return arg()
        case .onbuild: return onbuild()
        case .healthcheck: return healthcheck()
        case .shell: return shell()
        }
    }

    mutating func missing(_ arity: DockerfileError.Arity) {
        report(.missingArguments(keyword: instruction.name, arity), keywordRange)
    }

    /// One text. Without JSON there never is more than one.
    private mutating func single() -> Word? {
        _ = takeFlags([])
        guard let word = arguments.first else {
            missing(.exactlyOne)
            return nil
        }
        return word
    }

    private mutating func words() -> [Word]? {
        _ = takeFlags([])
        guard !arguments.isEmpty else {
            missing(.atLeastOne)
            return nil
        }
        return arguments
    }

    private mutating func pairs() -> [Pair]? {
        _ = takeFlags([])
        guard !instruction.pairs.isEmpty else {
            // A pair without its other half was reported by the parser.
            if instruction.argumentsRange.isEmpty { missing(.atLeastOne) }
            return nil
        }
        for pair in instruction.pairs where pair.name.text.isEmpty {
            report(
                .blankName(keyword: instruction.name),
                SourceRange(pair.name.range.start, max(pair.value.range.end, pair.name.range.start + 1)))
        }
        return instruction.pairs
    }

    mutating func commandLine() -> CommandLine? {
        if instruction.isJSON { return CommandLine(form: .exec(arguments), heredocs: instruction.heredocs) }
        guard let text = arguments.first else { return nil }
        return CommandLine(form: .shell(text), heredocs: instruction.heredocs)
    }

    private mutating func program() -> CommandLine? {
        _ = takeFlags([])
        guard let line = commandLine() else {
            missing(.atLeastOne)
            return nil
        }
        return line
    }

    private mutating func volume() -> Command? {
        guard let words = words() else { return nil }
        var volumes: [Word] = []
        for word in words {
            let bytes = Array(word.text.utf8)
            let trimmed = Whitespace.trimmed(bytes, 0..<bytes.count)
            if trimmed.isEmpty { report(.emptyVolume, word.range) }
            volumes.append(Word(String(decoding: bytes[trimmed], as: UTF8.self), word.range))
        }
        return .volume(volumes)
    }

    private mutating func arg() -> Command? {
        guard let words = words() else { return nil }
        return .arg(
            words.map { word in
                let bytes = Array(word.text.utf8)
                guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return ArgEntry(name: word) }
                if equals == 0 { report(.blankName(keyword: instruction.name), word.range) }
                return ArgEntry(name: word.part(0..<equals), value: word.part((equals + 1)..<bytes.count))
            })
    }

    private mutating func shell() -> Command? {
        _ = takeFlags([])
        guard !arguments.isEmpty || !instruction.argumentsRange.isEmpty else {
            missing(.atLeastOne)
            return nil
        }
        guard instruction.isJSON else {
            report(.notJSON(keyword: instruction.name), instruction.argumentsText.range)
            return nil
        }
        guard !arguments.isEmpty else {
            missing(.atLeastOne)
            return nil
        }
        return .shell(arguments)
    }
}
