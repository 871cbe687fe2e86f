private import Core
import DockerfileSyntax
private import OCI

/// Instructions that change the configuration alone.
extension StageEvaluator {
    mutating func evaluateMetadata(_ statement: Statement) throws {
        switch statement.command {
        case .env(let pairs): try evaluateEnv(pairs)
        case .label(let pairs): try evaluateLabel(pairs)
        case .arg(let entries): try evaluateArg(entries)
        case .cmd(let line):
            let arguments = arguments(line)
            state.image.config.cmd = arguments
            state.image.config.argsEscaped = true
            state.setsCommand = true
            commit("CMD " + GoFormat.quoted(arguments))
        case .entrypoint(let line):
            let arguments = arguments(line)
            state.image.config.entrypoint = arguments
            if !state.setsCommand { state.image.config.cmd = [] }
            commit("ENTRYPOINT " + GoFormat.quoted(arguments))
        case .expose(let words): try evaluateExpose(words)
        case .user(let word):
            let user = try expander().expand(word)
            guard !user.isEmpty else {
                throw Diagnostic(
                    code: "user.empty", "USER is empty once its variables are replaced", at: span(word.range))
            }
            state.image.config.user = user
            commit("USER " + user)
        case .volume(let words):
            let paths = try words.map { try expander().expand($0) }
            if let index = paths.firstIndex(where: \.isEmpty) {
                throw Diagnostic(code: "volume.empty", "VOLUME has an empty path", at: span(words[index].range))
            }
            state.image.config.volumes.formUnion(paths)
            commit("VOLUME [" + paths.joined(separator: " ") + "]")
        case .stopsignal(let word):
            let signal = try expander().expand(word)
            guard SignalName.isKnown(signal) else {
                throw Diagnostic(
                    code: "stopsignal.unknown", "'\(signal)' is not a signal", at: span(word.range),
                    hint: Suggestion.hint(for: signal.uppercased(), in: SignalName.all.map { "SIG" + $0 })
                        ?? "use a name such as SIGTERM or a number from 1 to 64")
            }
            state.image.config.stopSignal = signal
            commit("STOPSIGNAL " + signal)
        case .healthcheck(let check): evaluateHealthcheck(check)
        case .shell(let words):
            let shell = words.map(\.text)
            state.image.config.shell = shell
            commit("SHELL [" + shell.joined(separator: " ") + "]")
        case .maintainer(let word):
            state.image.author = word.text
            commit("MAINTAINER " + word.text)
        case .onbuild(let trigger): state.image.config.onBuild.append(trigger.expression)
        case .from, .run, .copy, .add, .workdir: break
        }
    }

    /// The arguments of a program line: with the shell in front for the shell form.
    func arguments(_ line: CommandLine) -> [String] {
        switch line.form {
        case .exec(let words): words.map(\.text)
        case .shell(let word): shell + [word.text]
        }
    }

    var shell: [String] {
        state.image.config.shell.isEmpty ? ["/bin/sh", "-c"] : state.image.config.shell
    }

    private mutating func evaluateEnv(_ pairs: [Pair]) throws {
        // All values of one instruction see the variables from before it.
        let expander = expander()
        var text = "ENV"
        let values = try pairs.map {
            (name: try expander.expand($0.name), value: try expander.expand($0.value), pair: $0)
        }
        for (name, value, pair) in values {
            guard !name.isEmpty else {
                throw Diagnostic(code: "env.empty-name", "ENV has an empty name", at: span(pair.name.range))
            }
            state.environment[name] = value
            var list = Environment(state.image.config.env)
            list[name] = value
            state.image.config.env = list.list
            text += " \(name)=\(value)"
        }
        commit(text)
    }

    private mutating func evaluateLabel(_ pairs: [Pair]) throws {
        let expander = expander()
        var text = "LABEL"
        for pair in pairs {
            let name = try expander.expand(pair.name)
            let value = try expander.expand(pair.value)
            state.image.config.labels[name] = value
            text += " \(name)=\(value)"
        }
        commit(text)
    }

    private mutating func evaluateArg(_ entries: [ArgEntry]) throws {
        var texts: [String] = []
        for entry in entries {
            let name = entry.name.text
            var value: String?
            if let given = request.buildArguments[name] {
                value = given
            } else if let word = entry.value {
                value = try expander().expand(word)
            } else {
                value = session.graph.globalArguments[name]
            }
            if let value { state.environment[name] = value }
            if BuildArguments.isProxy(name) {
                // A proxy's address may hold a password and must not make a different image.
                texts.append(name)
                continue
            }
            state.arguments.append((name, value))
            texts.append(value.map { "\(name)=\($0)" } ?? name)
        }
        commit("ARG " + texts.joined(separator: " "))
    }

    private mutating func evaluateExpose(_ words: [Word]) throws {
        var ports: [String] = []
        for word in words {
            for text in try expander().words(word) { ports += try PortSpec.expand(text, at: span(word.range)) }
        }
        state.image.config.exposedPorts.formUnion(ports)
        commit("EXPOSE [" + ports.joined(separator: " ") + "]")
    }

    private mutating func evaluateHealthcheck(_ check: HealthcheckCommand) {
        let test: [String] =
            switch check.test {
            case .none: ["NONE"]
            case .shell(let word): ["CMD-SHELL", word.text]
            case .exec(let words): ["CMD"] + words.map(\.text)
            }
        func set(_ value: Int64) -> Int64? { value == 0 ? nil : value }
        state.image.config.healthcheck = ContainerConfig.Healthcheck(
            test: test, interval: set(check.interval), timeout: set(check.timeout), startPeriod: set(check.startPeriod),
            startInterval: set(check.startInterval), retries: check.retries == 0 ? nil : check.retries)
        let times =
            "Interval:\(GoFormat.duration(check.interval)) Timeout:\(GoFormat.duration(check.timeout)) "
            + "StartPeriod:\(GoFormat.duration(check.startPeriod)) StartInterval:\(GoFormat.duration(check.startInterval))"
        commit("HEALTHCHECK {Test:[\(test.joined(separator: " "))] \(times) Retries:\(check.retries)}")
    }
}
