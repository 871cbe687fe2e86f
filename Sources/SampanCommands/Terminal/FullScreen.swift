import Core
import Glibc
import HostOS
import Synchronization

/// The terminal as a screen of its own: raw input, the alternate screen, and the terminal as it was at the end, whether
/// that is an exit, an error, a crash or a signal. (A program that is killed with KILL can't do anything any more.)
final class FullScreen: Sendable {
    struct Size: Hashable, Sendable {
        var columns: Int
        var rows: Int
    }

    /// The alternate screen without a cursor, and back.
    private static let enter: StaticString = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J"
    private static let leave: StaticString = "\u{1b}[?25h\u{1b}[0m\u{1b}[?1049l"
    private static let input: Int32 = 0
    private static let output: Int32 = 1

    private let watch = Mutex<(@Sendable () -> Void)?>(nil)
    private let isInterrupted: CancelFlag

    /// - Throws: when there is no terminal to take over.
    static func require() throws {
        guard isatty(input) == 1, isatty(output) == 1, let term = Console.environment("TERM"), term != "dumb" else {
            throw Diagnostic(
                code: "terminal.none", "an interactive view needs a terminal for its input and output",
                hint: "run it in a terminal, or ask for one page: --layers, --tree, --files, --waste", exitCode: 64)
        }
    }

    init() throws {
        try Self.require()
        let flag = CancelFlag()
        isInterrupted = flag
        try RawTerminal.enter(input: Self.input, output: Self.output, enter: Self.enter, leave: Self.leave)
        let forget = Interruption.shared.onInterrupt {
            RawTerminal.leave()
            flag.set()
        }
        watch.withLock { $0 = forget }
    }

    /// Gives the terminal back.
    func close() {
        RawTerminal.leave()
        watch.withLock { $0.take() }?()
    }

    deinit { close() }

    /// At least one column and row.
    var size: Size {
        guard let size = RawTerminal.size(Self.output) else { return Size(columns: 80, rows: 24) }
        return Size(columns: size.columns, rows: size.rows)
    }

    enum Input: Equatable, Sendable {
        case bytes([UInt8])
        /// Nothing for a while.
        case idle
        /// The window has another size, or the program went on after a stop.
        case redraw
        /// The terminal is gone, or somebody wants the program to end.
        case end
    }

    /// Waits for what comes next. Blocks its thread.
    /// - Parameters:
    ///   - last: the size of what is on the screen.
    ///   - milliseconds: after which nothing came.
    func next(showing last: Size, resumed: Int, milliseconds: Int32) -> Input {
        if isInterrupted.isSet { return .end }
        if size != last || resumptions != resumed { return .redraw }
        guard let isReady = RawTerminal.waitReadable(Self.input, milliseconds: milliseconds) else { return .end }
        guard isReady else { return isInterrupted.isSet ? .end : .idle }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = read(Self.input, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return .idle }
        return count > 0 ? .bytes(Array(buffer[..<count])) : .end
    }

    var resumptions: Int { RawTerminal.resumptions }

    /// Puts lines on the screen, from its top. Each must fit; what is on the screen already stays where it is the same.
    func draw(_ lines: [String]) {
        guard !isInterrupted.isSet else { return }
        var text = "\u{1b}[?2026h\u{1b}[H"
        for (index, line) in lines.enumerated() {
            text += (index == 0 ? "" : "\r\n") + "\u{1b}[0m" + line + "\u{1b}[0m\u{1b}[K"
        }
        Console.shared.output(text + "\u{1b}[J\u{1b}[?2026l", terminator: "")
    }

    /// Stops as Ctrl-Z does elsewhere; comes back when the program goes on.
    func suspend() { raise(SIGTSTP) }
}
