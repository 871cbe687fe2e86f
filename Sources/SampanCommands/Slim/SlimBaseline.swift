import Core
import Slimming

/// Whether the fat image does anything that a slim one can be compared with.
enum SlimBaseline {
    static func check(_ outcomes: [RunOutcome], timeout: Int) throws {
        for outcome in outcomes {
            if let failure = outcome.failure {
                throw Diagnostic(
                    code: "slim.cannot-start", "the image does not start: \(failure)",
                    hint: "slim takes a Dockerfile whose image works")
            }
            let isAsked = !outcome.answers.isEmpty
            let hasAnswer = outcome.answers.contains { $0.answer != nil }
            if isAsked, !hasAnswer {
                throw Diagnostic(
                    code: "slim.not-ready", notReady(outcome, timeout), causes: outcome.lastWords(6),
                    hint: hint(outcome))
            }
        }
    }

    private static func notReady(_ outcome: RunOutcome, _ timeout: Int) -> String {
        if let code = outcome.code { return "the program ended with \(code) before it answered \(probe(outcome))" }
        return "the program did not answer \(probe(outcome)) in \(timeout) seconds"
    }

    private static func probe(_ outcome: RunOutcome) -> String { outcome.answers.first?.probe ?? "" }

    private static func hint(_ outcome: RunOutcome) -> String {
        if !outcome.addresses.isEmpty {
            return
                "it tried to reach \(outcome.addresses.prefix(3).joined(separator: ", ")), and its network has nothing"
                + " in it: --network host gives it this machine's"
        }
        if !outcome.ports.isEmpty {
            return "it listens on \(outcome.ports.map(String.init).joined(separator: ", "))"
        }
        return "--timeout gives it more time, --env what it wants to be told"
    }
}
