package import ArgumentParser

/// The root of all commands.
package struct SampanCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sampan",
        abstract: "Builds the smallest container image that can be trusted, and proves it.",
        discussion: """
            Images are named as skopeo names them: docker://NAME (what a plain NAME means when the store does not have \
            it), store:NAME, docker-daemon:NAME, oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME], \
            dir:DIR; base:RECIPE is assembled from Debian's packages.
            Every option can be given as an environment variable: --progress is SAMPAN_PROGRESS.
            Exit status: 0 fine, 1 a gate said no, 2 error, 64 usage, 130 interrupted; a program's own is passed through.
            """,
        version: Version.text,
        subcommands: [
            BuildCommand.self, RunCommand.self, ImagesCommand.self, HistoryCommand.self, TagCommand.self,
            RemoveCommand.self, PushCommand.self, PullCommand.self, CopyCommand.self, SaveCommand.self,
            LoadCommand.self, ManifestCommand.self, DigestCommand.self, TagsCommand.self, LoginCommand.self,
            LogoutCommand.self, ExportCommand.self, ImportCommand.self, BaseCommand.self, CacheCommand.self,
            InspectCommand.self, DiffCommand.self, CheckCommand.self, LintCommand.self, SlimCommand.self,
            InitCommand.self, ParseCommand.self, ReferenceCommand.self,
        ])

    package init() {}
}

/// What this program is called and which one it is.
package enum Version {
    package static let text = "0.1.0"
    /// How it names itself to registries.
    package static let userAgent = "sampan/" + text
}
