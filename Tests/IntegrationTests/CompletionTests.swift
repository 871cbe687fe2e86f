import Testing

@Suite("shell completion")
struct CompletionTests {
    @Test("a script for each shell knows the commands and their options", arguments: ["bash", "zsh", "fish"])
    func scripts(shell: String) throws {
        let outcome = try Program.run(["--generate-completion-script", shell], environment: [:])
        #expect(outcome.code == 0)
        for word in ["build", "import", "prune", "build-context", "no-cache-filter", "rawjson"] {
            #expect(outcome.output.contains(word), "\(shell) does not complete \(word)")
        }
        // What only serves the making of the documentation isn't offered.
        #expect(!outcome.output.contains("generated pages"))
    }
}
