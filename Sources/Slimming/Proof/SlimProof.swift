/// Whether two images do the same, as far as was looked.
package struct SlimProof: Sendable {
    package enum Verdict: String, Sendable {
        case same, different
        /// It can't be compared, and why is in the text.
        case unproved
    }

    package struct Check: Sendable {
        /// Such as `GET http://localhost:8080/healthz`.
        package var name: String
        package var before: String
        package var after: String
        package var verdict: Verdict
        /// Whether what it says is another thing each time, so that it could not be compared.
        package var changes: Bool

        package init(name: String, before: String, after: String, verdict: Verdict, changes: Bool = false) {
            self.name = name
            self.changes = changes
            self.before = before
            self.after = after
            self.verdict = verdict
        }
    }

    package private(set) var checks: [Check] = []

    package var isFailed: Bool { checks.contains { $0.verdict == .different } }
    /// Whether anything was compared and found to be the same.
    package var isProved: Bool { !isFailed && checks.contains { $0.verdict == .same } }

    /// - Parameters:
    ///   - first: of the fat image.
    ///   - second: of the fat image once more: what differs between the two tells nothing.
    ///   - slim: the same, of the slim image.
    package init(first: [RunOutcome], second: [RunOutcome], slim: [RunOutcome]) {
        for (index, before) in second.enumerated() {
            guard slim.indices.contains(index), first.indices.contains(index) else { break }
            compare(first[index], before, slim[index])
        }
    }

    private mutating func compare(_ first: RunOutcome, _ before: RunOutcome, _ after: RunOutcome) {
        if before.failure != nil || after.failure != nil {
            checks.append(
                Check(
                    name: before.name, before: before.failure ?? "starts", after: after.failure ?? "starts",
                    verdict: before.failure != nil && after.failure == nil ? .unproved : .different))
            return
        }
        for (index, pair) in before.answers.enumerated() where after.answers.indices.contains(index) {
            let earlier = first.answers.indices.contains(index) ? first.answers[index].answer : pair.answer
            checks.append(Self.answer(pair.probe, earlier, pair.answer, after.answers[index].answer))
        }
        if before.answers.isEmpty || before.code != nil || after.code != nil { compareEnds(first, before, after) }
    }

    private static func answer(
        _ probe: String, _ first: RunOutcome.Answer?, _ before: RunOutcome.Answer?, _ after: RunOutcome.Answer?
    ) -> Check {
        let texts = (text(before), text(after))
        guard let before, let after else {
            return Check(
                name: probe, before: texts.0, after: texts.1,
                verdict: before == nil && after == nil ? .unproved : .different)
        }
        if before == after { return Check(name: probe, before: texts.0, after: texts.1, verdict: .same) }
        let isStable = first == before
        if !isStable, before.status == after.status, before.contentType == after.contentType {
            return Check(
                name: probe, before: texts.0 + ", differs each time", after: texts.1 + ", differs each time",
                verdict: .same, changes: true)
        }
        return Check(name: probe, before: texts.0, after: texts.1, verdict: .different)
    }

    private static func text(_ answer: RunOutcome.Answer?) -> String {
        guard let answer else { return "no answer" }
        return "\(answer.status), \(count(answer.body.count))"
    }

    private static func count(_ bytes: Int) -> String { bytes == 1 ? "1 byte" : "\(bytes) bytes" }

    private mutating func compareEnds(_ first: RunOutcome, _ before: RunOutcome, _ after: RunOutcome) {
        guard before.code != nil || after.code != nil else {
            checks.append(
                Check(
                    name: before.name, before: "runs on", after: "runs on",
                    verdict: .unproved))
            return
        }
        var same = before.code == after.code
        var remark = ""
        if before.output != after.output {
            if first.output == before.output { same = false } else { remark = ", output differs each time" }
        }
        if before.error != after.error {
            if first.error == before.error { same = false } else { remark = ", output differs each time" }
        }
        checks.append(
            Check(
                name: before.name, before: Self.end(before) + remark, after: Self.end(after) + remark,
                verdict: same ? .same : .different, changes: !remark.isEmpty))
    }

    private static func end(_ outcome: RunOutcome) -> String {
        guard let code = outcome.code else { return outcome.isTimedOut ? "runs on" : "was stopped" }
        return "exit \(code), \(count(outcome.output.count + outcome.error.count))"
    }
}
