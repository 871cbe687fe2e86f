package import ArgumentParser
import Bases
import Core
import FoundationEssentials

/// `sampan base list`.
package struct BaseListCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the built-in recipes.")

    @Option(help: "How to show them: table or json.")
    var format: DisplayFormat = .table

    package init() {}

    private struct Row: Encodable {
        var name: String
        var levels: [String]
        var suite: String
        var architectures: [String]
        var configured: Bool
        var summary: String
    }

    package func run() throws {
        let rows = try RecipeChain.builtInNames.map { name in
            let chain = try RecipeChain.load(name)
            return Row(
                name: name, levels: chain.levels.map(\.name), suite: chain.suite, architectures: chain.architectures,
                configured: chain.isConfigured,
                // The rest of the comment is for those who read the recipe.
                summary: chain.levels.last?.summary.prefix { !$0.isNewline }.description ?? "")
        }
        if format == .json { return try JSONOutput.print(rows) }
        var table = Table(["NAME", "LEVELS", "SUITE", "WHAT FOR"], alignments: [.left])
        for row in rows {
            table.add([row.name, row.levels.joined(separator: " + "), row.suite, row.summary])
        }
        Console.shared.output(table.text)
        Console.shared.message("NAME-debug is NAME with busybox; show one with: sampan base show NAME")
    }
}

/// `sampan base show`.
package struct BaseShowCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a recipe.",
        discussion: "What is printed can be the beginning of a recipe of one's own.")

    @Argument(help: "A built-in recipe or a file.")
    var recipe: String

    package init() {}

    package func run() throws {
        // A recipe that can't be used is not shown as one that can.
        _ = try RecipeChain.load(recipe)
        Console.shared.output(try RecipeChain.source(of: recipe).bytes)
    }
}
