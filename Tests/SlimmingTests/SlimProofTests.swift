import Testing

@testable import Slimming

@Suite("comparing two images")
struct SlimProofTests {
    private func outcome(_ body: String, status: Int = 200) -> RunOutcome {
        var outcome = RunOutcome(name: "the program by itself")
        outcome.answers = [
            ("http://localhost/", .init(status: status, contentType: "text/plain", body: Array(body.utf8)))
        ]
        outcome.ready = 0.1
        return outcome
    }

    private func end(_ code: Int32?, _ output: String = "", error: String = "") -> RunOutcome {
        var outcome = RunOutcome(name: "run x")
        outcome.code = code
        outcome.output = Array(output.utf8)
        outcome.error = Array(error.utf8)
        return outcome
    }

    private func verdicts(_ first: RunOutcome, _ second: RunOutcome, _ slim: RunOutcome) -> [SlimProof.Verdict] {
        SlimProof(first: [first], second: [second], slim: [slim]).checks.map(\.verdict)
    }

    @Test("the same answers are a proof")
    func same() {
        let proof = SlimProof(first: [outcome("a")], second: [outcome("a")], slim: [outcome("a")])
        #expect(proof.isProved)
        #expect(proof.checks.map(\.name) == ["http://localhost/"])
    }

    @Test("another body, status or no answer is none")
    func different() {
        #expect(verdicts(outcome("a"), outcome("a"), outcome("b")) == [.different])
        #expect(verdicts(outcome("a"), outcome("a"), outcome("a", status: 500)) == [.different])
        var silent = outcome("a")
        silent.answers = [("http://localhost/", nil)]
        #expect(verdicts(outcome("a"), outcome("a"), silent) == [.different])
    }

    @Test("of a body that differs each time the status is compared")
    func changing() {
        #expect(verdicts(outcome("1"), outcome("2"), outcome("3")) == [.same])
        let proof = SlimProof(first: [outcome("1")], second: [outcome("2")], slim: [outcome("3")])
        #expect(proof.checks.map(\.changes) == [true])
        #expect(verdicts(outcome("1"), outcome("2"), outcome("3", status: 404)) == [.different])
    }

    @Test("exit codes and both streams are compared")
    func ends() {
        #expect(verdicts(end(0, "a"), end(0, "a"), end(0, "a")) == [.same])
        #expect(verdicts(end(0, "a"), end(0, "a"), end(1, "a")) == [.different])
        #expect(verdicts(end(0, "a"), end(0, "a"), end(0, "b")) == [.different])
        #expect(verdicts(end(0, error: "a"), end(0, error: "a"), end(0)) == [.different])
        #expect(verdicts(end(0, "1"), end(0, "2"), end(0, "3")) == [.same])
    }

    @Test("what runs on and was asked nothing is not proved")
    func runsOn() {
        let proof = SlimProof(first: [end(nil)], second: [end(nil)], slim: [end(nil)])
        #expect(!proof.isProved && !proof.isFailed)
    }

    @Test("an image that does not start is different")
    func failure() {
        var broken = end(nil)
        broken.failure = "no loader"
        #expect(verdicts(end(0), end(0), broken) == [.different])
    }
}
