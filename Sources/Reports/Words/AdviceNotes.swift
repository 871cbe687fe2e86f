internal import Core
package import ImageAnalysis

/// What stands beside a piece of advice: the bytes it saves, the risk it takes away, and where.
package enum AdviceNotes {
    package static func all(_ advice: Advice) -> [String] {
        [
            advice.bytes > 0 ? "saves \(Human.bytes(advice.bytes))" : nil, risk(advice),
            CauseText.place(advice.place),
        ].compactMap { $0 }
    }

    /// The risk by its name; nil of advice that saves bytes alone.
    package static func risk(_ advice: Advice) -> String? {
        guard advice.risk > 0 else { return nil }
        let name =
            switch advice.rule {
            case "will-not-start": "nothing runs"
            case "runtime-gap": "fails while it runs"
            case "static-go": "starts on fewer bases"
            case "secret": "a secret leaks"
            case "non-root": "an intruder is root"
            case "dockerignore": "the sources' history leaks"
            case "smaller-base", "multi-stage", "no-install-recommends": "more for an intruder to use"
            default: "see the rule \(advice.rule)"
            }
        return (advice.risk > 1 ? "high risk: " : "risk: ") + name
    }
}
