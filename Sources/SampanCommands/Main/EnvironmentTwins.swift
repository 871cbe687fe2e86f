package import ArgumentParser
import Core
import FoundationEssentials
import Glibc

/// Gives every option a twin in the environment: `SAMPAN_BUILD_ARG` stands for `--build-arg` where it isn't given.
///
/// A flag's twin is `1` or `true` to set it, `0`, `false` or empty not to.
package enum EnvironmentTwins {
    /// Variables that are settings of their own and no options.
    private static let reserved: Set = ["SAMPAN_HOME", "SAMPAN_RUNTIME"]

    /// The same words with options from the environment put behind the command's name.
    package static func apply(to words: [String]) throws -> [String] {
        let variables = variables()
        guard !variables.isEmpty, let first = words.first, !first.hasPrefix("-") else { return words }
        var type: any ParsableCommand.Type = SampanCommand.self
        var depth = 0
        while depth < words.count,
            let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == words[depth] })
        {
            type = next
            depth += 1
        }
        guard depth > 0, let command = CommandTree.read(type) else { return words }
        let given = Set(
            words.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) })
        let short = words.prefix { $0 != "--" }.filter { $0.hasPrefix("-") && !$0.hasPrefix("--") }
        var added: [String] = []
        for argument in command.arguments ?? [] {
            guard let name = argument.longName, let value = variables[variable(for: name)], !given.contains("--" + name)
            else {
                continue
            }
            let letters = (argument.names ?? []).filter { $0.kind == "short" }.map(\.name)
            if letters.contains(where: { letter in short.contains { $0.dropFirst().first.map(String.init) == letter } })
            {
                continue
            }
            if argument.kind == "flag" {
                if ["1", "true", "yes", "on"].contains(value.lowercased()) { added.append("--" + name) }
            } else if !value.isEmpty {
                added += ["--" + name, value]
            }
        }
        return Array(words[..<depth]) + added + Array(words[depth...])
    }

    package static func variable(for option: String) -> String {
        "SAMPAN_" + option.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    /// Whether no option is given in the environment.
    static var isEmpty: Bool { variables().isEmpty }

    private static func variables() -> [String: String] {
        var out: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            next += 1
            guard strncmp(entry, "SAMPAN_", 7) == 0 else { continue }
            let text = String(cString: entry)
            guard let equals = text.firstIndex(of: "=") else { continue }
            let name = String(text[..<equals])
            if !reserved.contains(name) { out[name] = String(text[text.index(after: equals)...]) }
        }
        return out
    }
}

/// The commands and options as ArgumentParser describes them.
package struct CommandTree: Decodable {
    package struct Name: Decodable {
        package var kind: String
        package var name: String
    }

    package struct Argument: Decodable {
        package var kind: String
        package var names: [Name]?
        package var valueName: String?
        package var abstract: String?
        package var defaultValue: String?
        package var allValues: [String]?
        package var isOptional: Bool?
        package var isRepeating: Bool?
        package var shouldDisplay: Bool?

        package var longName: String? { names?.first { $0.kind == "long" }?.name }
    }

    package var commandName: String
    package var abstract: String?
    package var discussion: String?
    package var subcommands: [CommandTree]?
    package var arguments: [Argument]?
    package var shouldDisplay: Bool?

    private struct Document: Decodable {
        var command: CommandTree
    }

    /// The tree of this program, or of one command; nil when the description cannot be read.
    package static func read(_ command: any ParsableCommand.Type = SampanCommand.self) -> CommandTree? {
        let text = command._dumpHelp()
        return try? JSONDecoder().decode(Document.self, from: Data(text.utf8)).command
    }
}
