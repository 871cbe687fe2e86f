package import ArgumentParser

/// `sampan base`.
package struct BaseCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "base", abstract: "Assemble base images from Debian packages.",
        discussion: """
            A recipe names packages and what to leave out of them; docs/bases.md is its page. In a build, base:NAME \
            or base:FILE stands wherever an image can.
            """,
        subcommands: [
            BaseBuildCommand.self, BaseLockCommand.self, BaseUpdateCommand.self, BaseListCommand.self,
            BaseShowCommand.self,
        ])

    package init() {}
}
