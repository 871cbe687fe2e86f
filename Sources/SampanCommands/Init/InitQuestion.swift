import Core
import Glibc
import HostOS
import Projects

/// Asks whether to write.
enum InitQuestion {
    /// - Returns: nil when nobody says anything.
    /// - Throws: `Diagnostic` when there is nobody to ask.
    static func isWanted(_ plan: InitPlan) throws -> Bool? {
        guard isatty(0) == 1, isatty(2) == 1 else {
            throw Diagnostic(
                code: "usage.yes", "nobody is there to be asked",
                hint: "--yes writes without asking, --dry-run shows what would be written", exitCode: 64)
        }
        Console.shared.message(InitReport.states(plan, isDry: true))
        let what = plan.writes.count == 1 ? "it" : "these \(plan.writes.count) files"
        // Whoever types something else three times wants something else.
        for _ in 0..<3 {
            Console.shared.message("Write \(what)? [Y/n] ", terminator: "")
            guard let answer = readLine(strippingNewline: true) else {
                Console.shared.message("")
                return nil
            }
            switch answer.lowercased().filter({ !$0.isWhitespace }) {
            case "", "y", "yes": return true
            case "n", "no": return false
            default: Console.shared.message("say y to write, n not to")
            }
        }
        return nil
    }
}
