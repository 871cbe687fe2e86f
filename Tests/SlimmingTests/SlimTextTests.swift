import Testing

@testable import Slimming

@Suite("reasons in words")
struct SlimTextTests {
    @Test("a language is named")
    func language() {
        #expect(
            SlimText.reason(.languageLibrary("Python"))
                == "The library of Python, whole: other runs may load other parts.")
    }
}
