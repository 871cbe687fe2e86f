package import ArgumentParser
import Bases
import BuildGraph
import ContentStore
import Core
import FoundationEssentials
import Glibc
import HostOS

/// `sampan base lock`.
package struct BaseLockCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Write down which packages a recipe gives, to the byte.",
        discussion: """
            Every architecture of the recipe is locked. The file lies beside the recipe's (of a built-in one in the current \
            directory) and is there to be committed.
            """)

    @Argument(help: "A built-in recipe or a file.")
    var recipe: String

    @Option(name: .shortAndLong, help: "Where to write it; - is standard output. (default: beside the recipe)")
    var output: String?

    @OptionGroup var archive: ArchiveArguments

    @Option(help: "How to show what happens: auto, tty, plain, rawjson or quiet.")
    var progress: ProgressMode = .auto

    package init() {}

    package func run() async throws {
        let chain = try RecipeChain.load(recipe)
        let lock = try await Self.current(chain, archive, progress)
        let path = output ?? LockFile.path(for: recipe)
        if path == "-" { return Console.shared.output(Array(lock.text.utf8)) }
        try AtomicFile.write(Array(lock.text.utf8), to: path)
        let counts = lock.architectures.map { architecture in
            "\(architecture.levels.reduce(0) { $0 + $1.packages.count }) for \(architecture.name)"
        }
        Console.shared.message("locked packages: \(counts.joined(separator: ", "))")
        Console.shared.output(path)
    }

    /// What the archive gives for a recipe now, for all its architectures.
    static func current(
        _ chain: RecipeChain, _ archive: ArchiveArguments, _ progress: ProgressMode
    ) async throws -> LockFile {
        let sources = try archive.sources(chain, environment: StoreAccess.environment())
        let job = try BaseJob.open(configures: false, view: progress.makeSink())
        defer { job.store.close() }
        return try await job.run { try await $0.resolve(chain, architectures: chain.architectures, from: sources) }
    }
}

/// `sampan base update`.
package struct BaseUpdateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Show what has changed since a recipe was locked.",
        discussion: "Nothing is written without --write.")

    @Argument(help: "A built-in recipe or a file.")
    var recipe: String

    @Flag(help: "Renew the lock file.")
    var write = false

    @Option(help: "The lock file. (default: the one beside the recipe)")
    var lock: String?

    @Option(help: "How to show it: table or json.")
    var format: DisplayFormat = .table

    @OptionGroup var archive: ArchiveArguments

    @Option(help: "How to show what happens: auto, tty, plain, rawjson or quiet.")
    var progress: ProgressMode = .auto

    package init() {}

    private struct Row: Encodable {
        var change: String
        var package: String
        var architectures: [String]
        var level: String
        var old: String?
        var new: String?

        init(_ change: LockChange) {
            self.change = change.kind.rawValue
            package = change.name
            architectures = change.architectures
            level = change.level
            old = change.oldVersion
            new = change.newVersion
        }
    }

    package func run() async throws {
        let chain = try RecipeChain.load(recipe)
        let path = lock ?? LockFile.path(for: recipe)
        let old = try PackageSelection.read(path)
        let new = try await BaseLockCommand.current(chain, archive, progress)
        let changes = LockFile.difference(old, new)
        if write, new != old { try AtomicFile.write(Array(new.text.utf8), to: path) }
        if format == .json { return try JSONOutput.print(changes.map(Row.init)) }
        if changes.isEmpty {
            let isSame = new == old
            Console.shared.message(
                isSame ? "nothing has changed" : "the packages are the same; \(write ? "renewed" : "renew") '\(path)'")
            return
        }
        var table = Table(["CHANGE", "PACKAGE", "ARCHITECTURES", "LEVEL", "OLD", "NEW"], alignments: [.left])
        for change in changes {
            table.add([
                change.kind.rawValue, change.name, change.architectures.joined(separator: ","), change.level,
                change.oldVersion ?? "-", change.newVersion ?? "-",
            ])
        }
        Console.shared.output(table.text)
        Console.shared.message(
            write ? "renewed '\(path)'" : "renew '\(path)' with: sampan base update --write \(recipe)")
    }
}
