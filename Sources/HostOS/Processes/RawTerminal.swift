private import CLinux
internal import Glibc

/// The terminal of this process, taken over and given back however the process ends: by an exit, a crash, or any signal
/// but KILL. A process has one at a time.
package enum RawTerminal {
    /// Makes input raw and writes a text.
    /// - Parameters:
    ///   - enter: written when the terminal is taken over, and again when the process goes on after a stop.
    ///   - leave: written when it is given back.
    package static func enter(
        input: Int32, output: Int32, enter: StaticString, leave: StaticString
    ) throws(SystemError) {
        // Literals end with a zero byte and live as long as the program.
        let (enter, leave) = (UnsafeRawPointer(enter.utf8Start), UnsafeRawPointer(leave.utf8Start))
        _ = try check("take over the terminal") {
            sampan_terminal_enter(
                input, output, enter.assumingMemoryBound(to: CChar.self), leave.assumingMemoryBound(to: CChar.self))
        }
    }

    /// Gives the terminal back; does nothing when that has been done.
    package static func leave() { sampan_terminal_leave() }

    /// How often the process went on after a stop.
    package static var resumptions: Int { Int(sampan_terminal_resumptions()) }

    /// The size of a terminal's window; nil when it has none.
    package static func size(_ terminal: Int32) -> (columns: Int, rows: Int)? {
        var (columns, rows): (Int32, Int32) = (0, 0)
        guard sampan_terminal_size(terminal, &columns, &rows) == 0, columns > 0, rows > 0 else { return nil }
        return (Int(columns), Int(rows))
    }

    /// Waits until a terminal has input.
    /// - Returns: false when the time is over or a signal came; nil when there won't be any input any more.
    package static func waitReadable(_ terminal: Int32, milliseconds: Int32) -> Bool? {
        let result = sampan_wait_readable(terminal, milliseconds)
        return result < 0 ? nil : result > 0
    }
}
