package import ArgumentParser
import Core
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

    @Option(help: "The directory of the build context. (default: the Dockerfile's)")
    var context: String?

    @Option(help: "The image of an index for this platform, as os/architecture[/variant]. (default: this machine's)")
    var platform: String?

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        if schema { return Console.shared.output(SettingsSchema.document.bytes(indent: "  ")) }
        guard let image else {
            throw Diagnostic(
                code: "usage.image", "no image is named", hint: "the form is sampan check IMAGE", exitCode: 64)
        }
        guard baseline == nil || reference == nil else {
            throw Diagnostic(
                code: "usage.baseline", "--baseline and --reference exclude each other", hint: "leave one of them out",
                exitCode: 64)
        }
        let job = CheckJob(
            image: try ImageArgument(image), platform: try platform.map(PlatformOptions.parse),
            reference: try reference.map { try ImageArgument($0) }, dockerfile: file, directory: context)
        if writesPolicy { return try await writePolicy(job) }
        let policy = try chosenPolicy()
        let figures = baseline ?? policy.baseline
        let (format, update) = (format, updateBaseline)
        let report = try await Transfer.run(transfer) { transfer in
            try await job.run(policy, baseline: figures, update: update, transfer)
        }
        Console.shared.output(Self.text(report, format))
        if !report.verdict.isPassed { throw ExitCode(1) }
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
        throw Diagnostic(
            code: "check.no-policy", "'\(policy)' has no policy",
            hint: "write a first one with sampan check --init IMAGE, or judge by --profile delivery")
    }

    private static func text(_ report: PolicyReport, _ format: Format) -> [UInt8] {
        switch format {
        case .table: Array((CheckTable(report).text + "\n").utf8)
        case .json: report.json.bytes(indent: "  ")
        case .sarif: report.sarif.bytes(indent: "  ")
        case .gitlab: report.gitlab.bytes(indent: "  ")
        case .junit: Array(report.junit.utf8)
        case .markdown: Array(report.markdown.utf8)
        }
    }
}
