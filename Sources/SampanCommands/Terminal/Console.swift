package import Core
import Glibc
import HostOS
import Synchronization

/// The only place that writes to standard output and standard error.
///
/// Results go to standard output; everything else goes to standard error. A closed pipe ends the program quietly.
package final class Console: Sendable {
    package static let shared = Console()

    /// Why standard output could not be written, once that was so.
    private let failure = Mutex<Int32?>(nil)
    /// Whether standard error is a terminal that takes control sequences.
    package let isInteractive: Bool
    package let usesColor: Bool

    private init() {
        let term = Self.environment("TERM")
        isInteractive = isatty(2) == 1 && term != "dumb" && term != nil
        usesColor = isInteractive && (Self.environment("NO_COLOR") ?? "").isEmpty
    }

    package static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Columns of the terminal; 80 where that is unknown.
    package var width: Int {
        var size = winsize()
        guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes a result.
    package func output(_ text: String, terminator: String = "\n") { write(Array((text + terminator).utf8), to: 1) }

    package func output(_ bytes: [UInt8]) { write(bytes, to: 1) }

    /// Writes something for the person who watches.
    package func message(_ text: String, terminator: String = "\n") { write(Array((text + terminator).utf8), to: 2) }

    package func message(_ bytes: [UInt8]) { write(bytes, to: 2) }

    package func diagnostic(_ diagnostic: Diagnostic) {
        message(DiagnosticRenderer(color: usesColor).render(diagnostic), terminator: "")
    }

    /// Shows every error that is in one, in order.
    ///
    /// - Returns: the exit status that the program should end with.
    package func report(_ error: any Error) -> Int32 {
        if let list = error as? DiagnosticList {
            for item in list.diagnostics { diagnostic(item) }
            return list.diagnostics.map(\.exitCode).max() ?? 2
        }
        let explained = Diagnostic(explaining: error)
        diagnostic(explained)
        return explained.exitCode
    }

    /// What standard output lacks, as an error; nil when all of it was written.
    package var outputFailure: Diagnostic? {
        failure.withLock { $0 }.map { number in
            Diagnostic(
                code: "output.write", "cannot write all of the result to standard output",
                causes: [SystemError(number, "write").reason])
        }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        failure.withLock { failure in
            bytes.withUnsafeBytes { buffer in
                var done = 0
                while done < buffer.count {
                    let count = Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                    if count < 0 {
                        if errno == EINTR { continue }
                        if errno == EPIPE { _exit(141) }
                        if descriptor == 1, failure == nil { failure = errno }
                        return
                    }
                    done += count
                }
            }
        }
    }
}
