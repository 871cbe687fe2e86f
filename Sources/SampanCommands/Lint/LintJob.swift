import Core
import DockerfileLint
import HostOS

/// Looks at many files, on all cores, and mends them where that is wanted.
struct LintJob: Sendable {
    enum Fixes: Sendable { case none, safe, all }

    /// What became of one file.
    struct Outcome: Sendable {
        var before: SourceFile
        var after: SourceFile
        var findings: [Finding]
        /// Fixes that were made.
        var applied: [Finding] = []
        /// Whether ShellCheck would have something to look at.
        var hasScripts = false
    }

    var settings: LintSettings
    var context: String?
    var fixes = Fixes.none
    var shellcheck: ShellCheckProgram?
    private let contexts = ContextDirectories()

    init(
        settings: LintSettings, context: String? = nil, fixes: Fixes = .none, shellcheck: ShellCheckProgram? = nil
    ) {
        self.settings = settings
        self.context = context
        self.fixes = fixes
        self.shellcheck = shellcheck
    }

    /// Rounds of ShellCheck's fixes: one may show what another hid.
    private static let rounds = 5
    /// Files that one task looks at.
    private static let share = 16

    /// The outcomes in the order of the paths; errors for those that can't be read.
    func run(_ paths: [String]) async throws -> [Result<Outcome, Diagnostic>] {
        let pool = BlockingPool.compute
        var results = try await spread(paths, pool) { path in read(path) }
        let readable = results.indices.filter { (try? results[$0].get()) != nil }
        guard !readable.isEmpty else { return results.map { $0.map(\.outcome) } }
        if let shellcheck {
            var items = readable.compactMap { try? results[$0].get() }
            try await look(&items, with: shellcheck, pool)
            for (index, item) in zip(readable, items) { results[index] = .success(item) }
        }
        return results.map { $0.map(\.outcome) }
    }

    /// The outcomes of a few files, worked out in this thread.
    /// - Returns: nil when there is work for more than one, or for the program shellcheck.
    func runHere(_ paths: [String]) -> [Result<Outcome, Diagnostic>]? {
        // Standard input can be read only once.
        guard paths.count < Self.share, shellcheck == nil || !paths.contains("-") else { return nil }
        var results = paths.map(read)
        if shellcheck != nil {
            for index in results.indices {
                guard case .success(var item) = results[index] else { continue }
                if item.outcome.hasScripts { return nil }
                item.outcome.findings = Linter.lint(item.file)
                results[index] = .success(item)
            }
        }
        return results.map { $0.map(\.outcome) }
    }

    /// A file on its way.
    private struct Item: Sendable {
        var file: LintFile
        var outcome: Outcome
    }

    private func read(_ path: String) -> Result<Item, Diagnostic> {
        do throws(Diagnostic) {
            return .success(item(try LintInput.read(path)))
        } catch {
            return .failure(error)
        }
    }

    private func project(_ source: SourceFile) -> (any LintProject)? {
        if source.name == "-" { return context.map { DirectoryProject(contexts[$0], dockerfile: "Dockerfile") } }
        return DirectoryProject.of(source, named: context, in: contexts)
    }

    private func item(_ source: SourceFile) -> Item {
        let project = project(source)
        if fixes != .none {
            let run = FixRun(fixing: source, unsafe: fixes == .all, settings: settings, project: project)
            return Item(
                file: run.file,
                outcome: Outcome(
                    before: source, after: run.after, findings: run.remaining, applied: run.applied,
                    hasScripts: run.file.hasShellCheckScripts))
        }
        let file = LintFile(parsing: source, settings: settings, project: project)
        // With shellcheck the rules run when its findings are there.
        let findings = shellcheck == nil ? Linter.lint(file) : []
        return Item(
            file: file,
            outcome: Outcome(
                before: source, after: source, findings: findings, hasScripts: file.hasShellCheckScripts))
    }

    /// Adds what shellcheck finds, and its fixes where all are wanted.
    private func look(
        _ items: inout [Item], with shellcheck: ShellCheckProgram, _ pool: BlockingPool
    ) async throws {
        var open = Array(items.indices)
        for round in 0...Self.rounds where !open.isEmpty {
            let files = open.map { items[$0].file }
            let found = try await shellcheck.findings(files, pool)
            let pairs = Array(zip(files, found))
            let findings = try await spread(pairs, pool) { Linter.lint($0.0, with: $0.1) }
            for (index, findings) in zip(open, findings) { items[index].outcome.findings = findings }
            guard fixes == .all, round < Self.rounds else { return }
            open = open.filter { mend(&items[$0]) }
        }
    }

    /// Makes ShellCheck's fixes, then those of our rules that these bring about. False when there are none.
    private func mend(_ item: inout Item) -> Bool {
        guard let (source, applied) = ShellCheckFixes.apply(item.outcome.findings, to: item.file) else { return false }
        let next = self.item(source)
        item.file = next.file
        item.outcome.after = next.outcome.after
        item.outcome.applied += applied + next.outcome.applied
        return true
    }

    /// Does work on all cores; the results are in the order of the values.
    private func spread<Value: Sendable, Outcome: Sendable>(
        _ values: [Value], _ pool: BlockingPool, _ work: @escaping @Sendable (Value) -> Outcome
    ) async throws -> [Outcome] {
        if values.count < Self.share { return values.map(work) }
        return try await withThrowingTaskGroup(of: (Int, [Outcome]).self) { group in
            for start in stride(from: 0, to: values.count, by: Self.share) {
                let part = values[start..<min(start + Self.share, values.count)]
                group.addTask { (start, try await pool.run { part.map(work) }) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }
}
