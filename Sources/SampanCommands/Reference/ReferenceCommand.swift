package import ArgumentParser
import DockerfileLint
import DockerfileSyntax
import HostOS

/// `sampan reference`: writes the parts of the documentation that come from the code.
package struct ReferenceCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Write the generated pages of the documentation.", shouldDisplay: false)

    @Argument(help: "The directory of the documentation; or the name of a page, such as rules, to print it.")
    var directory: String = "docs"

    package init() {}

    package func run() throws {
        let pages = try GeneratedPages.all()
        if let page = pages.first(where: { $0.name == directory + ".md" }) {
            return Console.shared.output(page.text, terminator: "")
        }
        try Directory.create(directory)
        for (name, text) in pages {
            try AtomicFile.write(Array(text.utf8), to: directory + "/" + name)
        }
    }
}

/// The pages that are made from declarations in the code.
package enum GeneratedPages {
    /// File names below `docs/` and their texts.
    package static func all() throws -> [(name: String, text: String)] {
        [
            ("commands.md", CommandReference.markdown()), ("dockerfile.md", DockerfileSupport.markdown()),
            ("rules.md", RuleBook.page),
        ]
    }
}

/// The command reference, from the same declarations that parse the command line.
enum CommandReference {
    static func markdown() -> String {
        guard let root = CommandTree.read() else { return "" }
        var out = "# Command reference\n\nGenerated from the program by `make docs`.\n\n"
        out += (root.abstract ?? "") + "\n\n" + paragraph(root.discussion)
        for command in root.subcommands ?? [] where command.shouldDisplay != false && command.commandName != "help" {
            out += page(command, path: ["sampan"], level: 2)
        }
        return out
    }

    private static func page(_ command: CommandTree, path: [String], level: Int) -> String {
        let path = path + [command.commandName]
        let arguments = (command.arguments ?? []).filter { $0.shouldDisplay != false }
        let positional = arguments.filter { $0.kind == "positional" }
        let options = arguments.filter { $0.kind != "positional" && !["help", "version"].contains($0.longName ?? "") }
        let subcommands = (command.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
        var out = String(repeating: "#", count: level) + " `\(path.joined(separator: " "))`\n\n"
        out += (command.abstract ?? "") + "\n\n"
        if subcommands.isEmpty {
            let words = positional.map { argument in
                let name = "<\(argument.valueName ?? "value")>" + (argument.isRepeating == true ? "…" : "")
                return argument.isOptional == true ? "[\(name)]" : name
            }
            out +=
                "```\n" + (path + (options.isEmpty ? [] : ["[options]"]) + words).joined(separator: " ") + "\n```\n\n"
        }
        out += paragraph(command.discussion)
        if !(positional + options).isEmpty {
            out += "| argument | meaning | environment |\n|---|---|---|\n"
            for argument in positional {
                out += "| `<\(argument.valueName ?? "value")>` | \(cell(argument.abstract))\(fallback(argument)) | |\n"
            }
            for option in options {
                let names = (option.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
                let value = option.kind == "flag" ? "" : " <\(option.valueName ?? "value")>"
                let twin = option.longName.map { "`" + EnvironmentTwins.variable(for: $0) + "`" } ?? ""
                out +=
                    "| `\(names.joined(separator: ", "))\(value)` | \(cell(option.abstract))\(fallback(option)) | \(twin) |\n"
            }
            out += "\n"
        }
        for subcommand in subcommands { out += page(subcommand, path: path, level: level + 1) }
        return out
    }

    private static func paragraph(_ text: String?) -> String { text.map { $0.isEmpty ? "" : $0 + "\n\n" } ?? "" }

    private static func cell(_ text: String?) -> String {
        (text ?? "").split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    private static func fallback(_ argument: CommandTree.Argument) -> String {
        argument.defaultValue.map { $0.isEmpty ? "" : " (default: `\($0)`)" } ?? ""
    }
}
