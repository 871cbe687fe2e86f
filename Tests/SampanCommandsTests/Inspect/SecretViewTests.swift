import Core
import ImageAnalysis
import OCI
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("inspection shows no secret")
struct SecretViewTests {
    /// Made up while the test runs: none stands in a file of the project.
    private static let token: String = {
        let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        var generator = SeededGenerator(seed: 7)
        return "ghp_" + String((0..<36).map { _ in letters.randomElement(using: &generator) ?? "a" })
    }()

    private static var explanation: Explanation {
        var image = SampleTree.image(
            [[SampleTree.file("a", 90_000)]],
            instructions: ["RUN /bin/sh -c curl -H \"Authorization: Bearer \(token)\" x.test # buildkit"])
        image.config.config.env = ["OTHER=\(token)", "DB_PASSWORD=hunter2", "PATH=/usr/bin:/bin"]
        image.config.config.labels = ["a": token, "name": "web"]
        image.config.config.entrypoint = ["/a", "--token=\(token)"]
        return Explanation(
            image: image, kinds: [], packages: [],
            waste: Waste(items: [], diveEfficiency: 1, diveWastedBytes: 0), programs: [], bases: [], advice: [])
    }

    @Test("as JSON a token in RUN, ENV, LABEL and ENTRYPOINT is hidden, and all around it shown")
    func json() {
        let json = ImageJSON.explanation(Self.explanation)
        let text = String(decoding: json.bytes(indent: nil), as: UTF8.self)
        #expect(!text.contains(Self.token) && !text.contains("hunter2"))
        #expect(json["config"]?["env"] == ["OTHER=***", "DB_PASSWORD=***", "PATH=/usr/bin:/bin"])
        #expect(json["config"]?["labels"] == ["a": "***", "name": "web"])
        #expect(json["config"]?["entrypoint"] == ["/a", "--token=***"])
    }

    @Test("as text too: the summary and the layers")
    func text() {
        let page = Page(width: 200, color: false)
        let summary = SummaryView(explanation: Self.explanation, page: page).lines.joined(separator: "\n")
        let layers = LayersView(image: Self.explanation.image, page: page).lines.joined(separator: "\n")
        for text in [summary, layers] {
            #expect(!text.contains(Self.token))
            #expect(text.contains("RUN curl -H \"Authorization: Bearer ***\" x.test"))
        }
    }
}
