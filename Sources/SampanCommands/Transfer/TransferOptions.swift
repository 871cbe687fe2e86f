import ArgumentParser
import Core
import Distribution

/// What every command that moves images has: how registries are reached, and what is shown.
package struct TransferOptions: ParsableArguments, Sendable {
    @OptionGroup
    var registry: RegistryOptions

    @Option(help: "How to show what happens: auto, tty, plain, rawjson or quiet.")
    var progress: ProgressMode = .auto

    @Flag(name: .shortAndLong, help: "Print the result and nothing else.")
    var quiet = false

    package init() {}

    var mode: ProgressMode { quiet ? .quiet : progress }
    /// Whether people get no summary.
    var isQuiet: Bool { mode == .quiet || mode == .rawjson }
}

/// Which images of an index.
package struct PlatformOptions: ParsableArguments, Sendable {
    @Option(help: "The image of an index for this platform, as os/architecture[/variant]. (default: this machine's)")
    var platform: String?

    @Flag(help: "The index with its images for every platform.")
    var all = false

    package init() {}

    /// The platform that was asked for by name.
    func named() throws -> Platform? { try platform.map(Self.parse) }

    func choice() throws -> CopyOptions.Platforms {
        if all, platform != nil {
            throw Diagnostic(
                code: "usage.platform", "--all and --platform exclude each other", hint: "leave one of them out",
                exitCode: 64)
        }
        return all ? .all : .one(try named() ?? .host)
    }

    static func parse(_ text: String) throws -> Platform {
        guard let platform = Platform(parsing: text) else {
            throw BuildOptions.usage("platform", text, "os/architecture[/variant], such as linux/arm64")
        }
        return platform
    }
}

/// An image as the user named it.
struct ImageArgument: Sendable {
    private(set) var text: String
    private(set) var name: ImageName

    /// - Throws: a usage error.
    init(_ text: String) throws {
        self.text = text
        do {
            name = try ImageName(parsing: text)
        } catch {
            var diagnostic = Diagnostic(explaining: error)
            diagnostic.exitCode = 64
            diagnostic.hint = GivenPath.hint(text) ?? diagnostic.hint
            throw diagnostic
        }
    }

    /// The same, where a name without a transport means an image of the store and nothing else.
    init(stored text: String) throws {
        try self.init(ImageName.hasTransport(text) ? text : "store:" + text)
        self.text = text
    }

    /// The same, where a name without a transport means a registry.
    init(registry text: String) throws {
        try self.init(text)
        if case .plain(let reference) = name { name = .registry(reference) }
    }
}
