import ArgumentParser
package import BuildGraph

/// How a build shows what it does.
package enum ProgressMode: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// A live view on a terminal, plain lines elsewhere.
    case auto
    /// A live view.
    case tty
    /// A line for everything that happens.
    case plain
    /// One JSON object a line.
    case rawjson
    /// Nothing but errors.
    case quiet

    package func makeSink(_ console: Console = .shared) -> any ProgressView {
        switch self {
        case .auto: console.isInteractive ? LiveProgress(console) : PlainProgress(console)
        case .tty: LiveProgress(console)
        case .plain: PlainProgress(console)
        case .rawjson: JSONProgress(console)
        case .quiet: QuietProgress(console)
        }
    }
}

/// A sink that has an end: what is still on the screen is settled before other text follows.
package protocol ProgressView: ProgressSink {
    func end()
}

/// Shows warnings alone.
package struct QuietProgress: ProgressView {
    private let console: Console

    package init(_ console: Console) { self.console = console }

    package func emit(_ event: ProgressEvent) {
        if case .warning(let warning) = event { console.diagnostic(warning) }
    }

    package func end() {}
}
