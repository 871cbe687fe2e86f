import Core

extension StatementBuilder {
    private static var reservedNames: Set<String> { ["scratch", "context"] }

    mutating func from() -> Command? {
        let flags = takeFlags([("platform", .text)])
        var name: Word?
        if arguments.count == 3, arguments[1].text.lowercased() == "as" {
            let word = arguments[2]
            name = word
            let lower = word.text.lowercased()
            if !Self.isStageName(lower) {
                report(.invalidStageName(word.text), word.range)
            } else if Self.reservedNames.contains(lower) {
                report(.reservedStageName(word.text), word.range)
            }
        } else if arguments.count != 1 {
            report(.fromArguments, instruction.argumentsRange.isEmpty ? keywordRange : instruction.argumentsText.range)
        }
        guard let image = arguments.first else { return nil }
        return .from(FromCommand(image: image, platform: flags.word("platform"), name: name))
    }

    /// A letter, then letters, digits, `-`, `_` and `.`.
    static func isStageName(_ lower: String) -> Bool {
        guard let first = lower.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return lower.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
    }

    mutating func run() -> Command? {
        let flags = takeFlags([("mount", .list), ("network", .text), ("security", .text), ("device", .list)])
        for device in flags.all("device") { report(.devicesUnsupported, device.range) }
        var mounts: [MountSpec] = []
        var mountErrors: [DockerfileError] = []
        for flag in flags.all("mount") {
            mounts.append(
                MountSpec.parse(flag, source: source) { kind, range in
                    mountErrors.append(DockerfileError(kind, at: SourceSpan(source, range)))
                })
        }
        errors += mountErrors
        if mountErrors.isEmpty { checkLiteral(mounts) }
        let network = choice("network", flags.word("network"), RunCommand.NetworkMode.default)
        let security = choice("security", flags.word("security"), RunCommand.SecurityMode.sandbox)
        let line = commandLine()
        var isEmpty = line == nil
        if case .exec(let words) = line?.form, words.isEmpty { isEmpty = true }
        guard let line, !isEmpty else {
            missing(.atLeastOne)
            return nil
        }
        return .run(RunCommand(line: line, mounts: mounts, network: network, security: security))
    }

    /// Mounts without variables are checked in full right away.
    private mutating func checkLiteral(_ mounts: [MountSpec]) {
        for mount in mounts {
            guard mount.fields.allSatisfy({ $0.value.map(Self.isLiteral) ?? true }) else { continue }
            do throws(DockerfileError) {
                _ = try mount.resolve { word throws(DockerfileError) in word.text }
            } catch {
                errors.append(error)
            }
        }
    }

    /// Nothing in the word changes when it is expanded.
    static func isLiteral(_ word: Word) -> Bool { !word.text.utf8.contains { "$'\"\\`".utf8.contains($0) } }

    mutating func onbuild() -> Command? {
        _ = takeFlags([])
        guard let trigger = instruction.nested.first else {
            missing(.atLeastOne)
            return nil
        }
        guard checkTrigger(trigger) else { return nil }
        var builder = StatementBuilder(source: source, instruction: trigger)
        let command = builder.build()
        errors += builder.errors
        guard let command else { return nil }
        var expression = trigger.text
        for heredoc in instruction.heredocs {
            expression += "\n" + String(decoding: heredoc.rawContent, as: UTF8.self) + heredoc.name
        }
        return .onbuild(
            OnbuildCommand(expression: expression, trigger: Statement(instruction: trigger, command: command)))
    }

    /// Reports what may not be a trigger.
    mutating func checkTrigger(_ trigger: Instruction) -> Bool {
        switch trigger.keyword {
        case .onbuild:
            report(.chainedOnbuild, trigger.keywordWord.range)
            return false
        case .from, .maintainer:
            report(.forbiddenTrigger(trigger.name), trigger.keywordWord.range)
            return false
        default: return true
        }
    }

    mutating func healthcheck() -> Command? {
        guard let type = arguments.first else {
            _ = takeFlags(Self.healthFlags)
            missing(.atLeastOne)
            return nil
        }
        let rest = Array(arguments.dropFirst())
        switch type.text.uppercased() {
        case "NONE":
            _ = takeFlags([])
            if let first = rest.first { report(.healthcheckNoneArguments, first.range) }
            return .healthcheck(HealthcheckCommand(test: .none))
        case "CMD":
            let flags = takeFlags(Self.healthFlags)
            let test: HealthcheckCommand.Test
            if instruction.isJSON {
                test = .exec(rest)
            } else if let text = rest.first {
                test = .shell(text)
            } else {
                test = .exec([])
            }
            if rest.isEmpty { report(.healthcheckMissingCommand, type.range) }
            return .healthcheck(
                HealthcheckCommand(
                    test: test, interval: duration("interval", flags), timeout: duration("timeout", flags),
                    startPeriod: duration("start-period", flags), startInterval: duration("start-interval", flags),
                    retries: retries(flags)))
        default:
            _ = takeFlags(Self.healthFlags)
            report(.unknownHealthcheck(type.text), type.range)
            return nil
        }
    }

    private static var healthFlags: [(name: String, kind: FlagKind)] {
        [
            ("interval", .text), ("timeout", .text), ("start-period", .text), ("start-interval", .text),
            ("retries", .text),
        ]
    }

    private mutating func duration(_ flag: String, _ flags: FlagValues) -> Int64 {
        guard let word = flags.word(flag), !word.text.isEmpty else { return 0 }
        guard let value = GoDuration.nanoseconds(word.text) else {
            report(.invalidDuration(flag: flag, value: word.text), word.range)
            return 0
        }
        if value != 0, value < 1_000_000 {
            report(.durationTooShort(flag: flag, value: word.text), word.range)
            return 0
        }
        return value
    }

    private mutating func retries(_ flags: FlagValues) -> Int {
        guard let word = flags.word("retries"), !word.text.isEmpty else { return 0 }
        guard let value = Int32(word.text), value >= 0 else {
            report(.invalidRetries(word.text), word.range)
            return 0
        }
        return Int(value)
    }
}
