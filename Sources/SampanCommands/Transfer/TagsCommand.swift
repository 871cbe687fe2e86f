package import ArgumentParser
import ContentStore
import Core
import Distribution
import HostOS
import ImageLayouts
import RegistryClient

/// `sampan ls`.
package struct TagsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the tags of a repository.",
        discussion: """
            Of a layout or an archive the names of its images are listed; store:NAME and docker-daemon:NAME list the tags \
            that the name has there.
            """)

    @Argument(help: "The repository, as NAME of a registry or any TRANSPORT:NAME.")
    var repository: String

    @Option(help: "How to show them: table or json.")
    var format: DisplayFormat = .table

    @OptionGroup
    var registry: RegistryOptions

    package init() {}

    package func run() async throws {
        let image = try ImageArgument(registry: repository)
        let tags = try await Transfer.run(registry) { try await $0.tags(image) }
        if format == .json { return try JSONOutput.print(tags) }
        for tag in tags { Console.shared.output(SafeText.text(tag)) }
    }
}

extension Transfer {
    fileprivate func tags(_ image: ImageArgument) async throws -> [String] {
        switch image.name {
        case .registry(let reference), .plain(let reference):
            try Self.requireRepository(reference, image)
            return try await network.registry().tags(of: reference)
        case .store(let name):
            let store = try store()
            let names = try await BlockingPool.waiting.run { try store.images().compactMap(\.name) }
            return try Self.tags(of: name, among: names, image)
        case .dockerDaemon(let name):
            let names = try await engine().names().compactMap { try? Reference(parsing: $0) }
            return try Self.tags(of: name, among: names, image)
        case .oci(let path, nil): return try await names(of: .directory(path))
        case .ociArchive(let path, nil), .dockerArchive(let path, nil): return try await names(of: .archive(path))
        case .oci, .ociArchive, .dockerArchive:
            throw Diagnostic(
                code: "ls.name", "'\(image.text)' names one image", hint: "leave out what is behind the path",
                exitCode: 64)
        case .directory, .base:
            throw Diagnostic(
                code: "ls.transport", "'\(image.text)' is one image without names",
                hint: "ls lists docker://, store:, docker-daemon:, oci:, oci-archive: and docker-archive:", exitCode: 64
            )
        }
    }

    /// The names in a layout, as people write them.
    private func names(of source: LayoutSource) async throws -> [String] {
        try await selectors(of: source).filter { (try? Digest(parsing: $0)) == nil }.map { name in
            guard name.contains("/") else { return name }
            return (try? Reference(parsing: name))?.familiar ?? name
        }
    }

    private static func tags(of name: String, among known: [Reference], _ image: ImageArgument) throws -> [String] {
        let wanted = try Reference(parsing: name)
        try requireRepository(wanted, image)
        let same = known.filter { $0.registry == wanted.registry && $0.repository == wanted.repository }
        guard !same.isEmpty else {
            let repositories = Set(known.map { Reference(registry: $0.registry, repository: $0.repository).familiar })
            throw Diagnostic(
                code: "ls.unknown", "there is no repository '\(name)'",
                hint: Suggestion.hint(for: name, in: repositories.sorted()))
        }
        return same.compactMap(\.tag).sorted()
    }

    /// A tag is what `ls` tells, not what it takes.
    private static func requireRepository(_ reference: Reference, _ image: ImageArgument) throws {
        guard reference.digest != nil || image.text.hasSuffix(":" + (reference.tag ?? "")) else { return }
        throw Diagnostic(
            code: "ls.tag", "'\(image.text)' names one image, and ls lists the tags of a repository",
            hint: "leave out the tag", exitCode: 64)
    }
}
