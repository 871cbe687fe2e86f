package import ArgumentParser
import Core
import HostOS
import ImageAnalysis
import Policy

/// `sampan check`.
package struct CheckCommand: AsyncParsableCommand {
    package enum Format: String, ExpressibleByArgument, CaseIterable, Sendable {
        case table, json, sarif, junit, gitlab, markdown
    }

    package static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge an image by the policy of the project, wherever the image is.",
        discussion: """
            The policy is the section 'policy' of sampan.yaml. The exit status is 0 when it is kept, 1 when a rule that \
            is enforced is broken, 2 for errors.
            """)

    @Argument(help: "The image: a name of the store, else of a registry; or any TRANSPORT:NAME.")
    var image: String?

    @Option(help: "The file that has the policy.")
    var policy: String = SettingsFile.projectName

    @Option(help: "A policy that comes with the program, when no file has one: delivery.")
    var profile: String?

    @Option(help: "How to show the result: table, json, sarif, junit, gitlab or markdown.")
    var format: Format = .table

    @Option(help: "The file of figures that growth is measured against. (default: what the policy names)")
    var baseline: String?

    @Option(help: "An image that growth is measured against, in place of a baseline.")
    var reference: String?

    @Flag(help: "Write the image's figures into the baseline, and judge by them.")
    var updateBaseline = false

    @Flag(name: .customLong("init"), help: "Write a first policy from the image into the file of the policy.")
    var writesPolicy = false

    @Flag(help: "Print the schema of sampan.yaml, which editors complete by.")
    var schema = false

    @Option(
        name: [.customShort("f"), .long],
        help: "The Dockerfile that made the image. (default: the one that it was built from here)")
    var file: String?

    @Option(help: "The build context: a directory, or the URL of a git repository. (default: the Dockerfile's)")
    var context: String?

    @Option(
        help:
            "The image of an index for this platform, as os/architecture[/variant], or all. (default: this machine's)")
    var platform: String?

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        if schema { return Console.shared.output(SettingsSchema.document.bytes(indent: "  ")) }
        guard let image else { throw try Self.noImage(policy) }
        guard baseline == nil || reference == nil else {
            throw Diagnostic(
                code: "usage.baseline", "--baseline and --reference exclude each other", hint: "leave one of them out",
                exitCode: 64)
        }
        let isForAll = platform == "all"
        let job = CheckJob(
            image: try ImageArgument(image), platform: isForAll ? nil : try platform.map(PlatformOptions.parse),
            reference: try reference.map { try ImageArgument($0) }, dockerfile: file, directory: context)
        if writesPolicy { return try await writePolicy(job) }
        let policy = try chosenPolicy()
        let figures = baseline ?? policy.baseline
        let (format, update) = (format, updateBaseline)
        let reports = try await Transfer.run(transfer) { transfer in
            if isForAll { return try await job.runAll(policy, baseline: figures, update: update, transfer) }
            let report = try await job.run(policy, baseline: figures, update: update, transfer)
            return PolicyReports(image: report.image, digest: report.digest, [report], isForAll: false)
        }
        Console.shared.output(Self.text(reports, format, try FileNaming.here()))
        if !reports.isPassed { throw ExitCode(1) }
    }

    private static func noImage(_ policy: String) throws -> Diagnostic {
        let isThere = try FileInfo.of(policy, followLinks: true) != nil
        return Diagnostic(
            code: "usage.image", "no image is named",
            hint: isThere
                ? "the form is sampan check IMAGE"
                : "the form is sampan check IMAGE; there is no '\(policy)' here: sampan check --init IMAGE writes a first one, --profile delivery does without",
            exitCode: 64)
    }

    private func writePolicy(_ job: CheckJob) async throws {
        let path = policy
        let old = try PolicyPlace(path)
        let text = try await Transfer.run(transfer) { try await job.draft($0) }
        try old.write(text)
        Console.shared.output(path)
        Console.shared.message("check it with: sampan check \(image ?? "")")
    }

    /// - Throws: when there is none.
    private func chosenPolicy() throws -> PolicyFile {
        if let policy = try SettingsFile.read(policy)?.policy {
            guard let profile, policy.profile == nil else { return policy }
            return try policy.over(Profile.policy(profile))
        }
        if let profile { return try Profile.policy(profile) }
        let isThere = try FileInfo.of(policy, followLinks: true) != nil
        throw Diagnostic(
            code: "check.no-policy", isThere ? "'\(policy)' has no policy" : "there is no policy '\(policy)'",
            hint: "write a first one with sampan check --init IMAGE, or judge by --profile delivery")
    }

    /// What shows findings beside the source names files from its root, people read them from where they are.
    private static func text(_ reports: PolicyReports, _ format: Format, _ files: FileNaming) -> [UInt8] {
        let near = reports.namingFiles(files.near)
        let beside = reports.namingFiles(files.inRepository)
        switch format {
        case .table:
            var texts = near.reports.map { CheckTable($0).text }
            if near.reports.count > 1 { texts.append(near.summary) }
            return Array((texts.joined(separator: "\n\n") + "\n").utf8)
        case .json: return near.json.bytes(indent: "  ")
        case .sarif: return beside.sarif.bytes(indent: "  ")
        case .gitlab: return beside.gitlab.bytes(indent: "  ")
        case .junit: return Array(beside.junit.utf8)
        case .markdown: return Array(beside.markdown.utf8)
        }
    }
}
