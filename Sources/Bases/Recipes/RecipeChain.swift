package import Core
import Debian

/// A base: the levels that its recipes make, and what they say together.
package struct RecipeChain: Sendable, Hashable {
    /// The recipe's name, such as `static-debug` or `my-base`.
    package let name: String
    /// Lowest first. Each has inherited what holds for all levels above its declaration.
    package let levels: [Recipe]
    /// The suite, mirror and so on: of the highest level that names one; further suites are those of all levels. There
    /// always are a suite and components.
    package let repository: Recipe.Repository
    /// Debian's names; those of the highest level that names any, else amd64 and arm64.
    package let architectures: [String]
    /// Environment and labels of all levels, higher ones win; the rest is the highest level's that says it. A new
    /// entrypoint drops a lower level's command, as in Dockerfiles.
    package let image: Recipe.ImageSettings

    /// A suite that every chain has.
    package var suite: String { repository.suite ?? "" }

    /// Whether maintainer scripts run at some level.
    package var isConfigured: Bool { levels.contains { $0.configure } }

    /// What decides on packages and archives. A lock made for another key is out of date; mirrors, files and the
    /// image's configuration don't count.
    package var resolutionKey: Digest {
        var key = KeyHasher("base-resolution-1")
        key.add(repository.suite)
        key.add(repository.suites)
        key.add(repository.components ?? [])
        key.add(repository.snapshot)
        key.add(UInt64(levels.count))
        for level in levels {
            key.add(UInt64(level.packages.count))
            for package in level.packages {
                key.add(package.name)
                key.add(package.version)
                key.add(package.suite)
            }
            key.add(level.without.sorted())
            key.add(level.recommends)
            key.add(level.essential)
            key.add(UInt64(level.archives.count))
            for archive in level.archives {
                key.add(archive.digest)
                key.add(archive.architecture)
            }
        }
        return key.finalize()
    }
}

// MARK: - Merging

extension RecipeChain {
    /// Joins recipes, the lowest first, each already parsed.
    /// - Throws: `DiagnosticList`.
    init(name: String, parsed: [RecipeParser.Result]) throws {
        let report = Mistakes()
        var levels: [Recipe] = []
        var repository = Recipe.Repository()
        var architectures: [String]?
        var image = Recipe.ImageSettings()
        for result in parsed {
            var level = result.recipe
            let below = levels.last
            level.configure = result.configure ?? below?.configure ?? false
            level.essential = result.essential ?? level.configure
            level.recommends = result.recommends ?? below?.recommends ?? false
            level.without.formUnion(below?.without ?? [])
            // Who asks for a package wants it, whatever lower levels did without.
            level.without.subtract(level.packages.map(\.name))
            level.slices = (below?.slices ?? []) + level.slices.filter { !(below?.slices.contains($0) ?? false) }
            if level.configure, let below, !below.configure {
                report.add(
                    RecipeError(.configureAboveUnconfigured(level.name, below: below.name), at: result.configureSpan))
            }
            Self.merge(level.repository, into: &repository)
            architectures = level.architectures ?? architectures
            Self.merge(level.image, into: &image) { name, variable in
                report.add(RecipeError(.unknownVariable(name), at: result.variableSpans[variable]))
            }
            levels.append(level)
        }
        if repository.suite == nil { report.add(RecipeError(.noSuite, at: parsed.last?.configureSpan)) }
        try report.check()
        if repository.components == nil { repository.components = ["main"] }
        self.name = name
        self.levels = levels
        self.repository = repository
        self.architectures = architectures ?? ["amd64", "arm64"]
        self.image = image
    }

    private final class Mistakes {
        private var diagnostics: [Diagnostic] = []

        func add(_ error: RecipeError) { diagnostics.append(error.diagnostic) }

        func check() throws(DiagnosticList) {
            if !diagnostics.isEmpty { throw DiagnosticList(diagnostics) }
        }
    }

    private static func merge(_ upper: Recipe.Repository, into lower: inout Recipe.Repository) {
        lower.suite = upper.suite ?? lower.suite
        lower.suites += upper.suites.filter { !lower.suites.contains($0) }
        lower.components = upper.components ?? lower.components
        lower.mirror = upper.mirror ?? lower.mirror
        lower.keyring = upper.keyring ?? lower.keyring
        lower.snapshot = upper.snapshot ?? lower.snapshot
        lower.snapshotMirror = upper.snapshotMirror ?? lower.snapshotMirror
    }

    private static func merge(
        _ upper: Recipe.ImageSettings, into lower: inout Recipe.ImageSettings,
        unknown: (_ name: String, _ variable: String) -> Void
    ) {
        let below = lower.environment
        for variable in upper.environment {
            let value = expand(variable.value, below) { unknown($0, variable.name) }
            if let index = lower.environment.firstIndex(where: { $0.name == variable.name }) {
                lower.environment[index].value = value
            } else {
                lower.environment.append(.init(name: variable.name, value: value))
            }
        }
        lower.user = upper.user ?? lower.user
        lower.workdir = upper.workdir ?? lower.workdir
        if upper.entrypoint != nil { lower.command = nil }
        lower.entrypoint = upper.entrypoint ?? lower.entrypoint
        lower.command = upper.command ?? lower.command
        lower.labels.merge(upper.labels) { $1 }
    }

    /// Where container runtimes look for programs when an image doesn't say it.
    private static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Puts lower levels' values for `${NAME}`; everything else stands for itself.
    private static func expand(
        _ text: String, _ below: [Recipe.ImageSettings.Variable], _ unknown: (String) -> Void
    ) -> String {
        var out = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "${"), let end = rest[mark.upperBound...].firstIndex(of: "}") {
            let name = String(rest[mark.upperBound..<end])
            out += rest[..<mark.lowerBound]
            if let value = below.first(where: { $0.name == name })?.value {
                out += value
            } else if name == "PATH" {
                out += defaultPath
            } else {
                unknown(name)
            }
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }
}
