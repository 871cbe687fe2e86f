import Core
import ImageAnalysis
import Layers
import OCI
import Policy
import SampanTestSupport
import Testing

@Suite("reports of a policy show no secret")
struct SecretOutputTests {
    /// Made up while the test runs: none stands in a file of the project.
    private static let token: String = {
        let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        var generator = SeededGenerator(seed: 7)
        return "ghp_" + String((0..<36).map { _ in letters.randomElement(using: &generator) ?? "a" })
    }()

    @Test("a token in RUN, ENV, LABEL and CMD is found, and in no format of the report")
    func formats() async throws {
        var image = TestImage()
        let run = "RUN /bin/sh -c curl -u x:\(Self.token) x.test # buildkit"
        image.layer(run, .file("data", bytes: [UInt8](repeating: 1, count: 5000)))
        image.config.env = ["OTHER=\(Self.token)"]
        image.config.labels = ["a": Self.token]
        image.config.cmd = [Self.token]
        image.history = [ImageConfig.History(created: nil, createdBy: run, comment: nil, emptyLayer: false)]
        let verdict = try await image.judge(
            "policy:\n  secrets: true\n  size:\n    max: 1KB\n    max-layer: 1KB\n  labels:\n    values: {a: b}\n")
        let messages = verdict.results.filter { $0.outcome != .passed }.map(\.message)
        #expect(messages.contains { $0.contains("layer 2 (RUN curl -u x:*** x.test") })
        #expect(messages.contains { $0.contains("the label a is '***'") })
        #expect(messages.count { $0.contains("token of GitHub in") } == 4)
        let report = PolicyReport(
            image: "web:1", digest: SHA256.digest(of: "x"), platform: Platform(os: "linux", architecture: "amd64"),
            verdict: verdict, version: "1.2.3")
        let json = [report.json, report.sarif, report.gitlab].map {
            String(decoding: $0.bytes(indent: nil), as: UTF8.self)
        }
        for text in json + [report.junit, report.markdown, report.summary] { #expect(!text.contains(Self.token)) }
        #expect(json.allSatisfy { $0.contains("RUN curl -u x:***") })
    }
}
