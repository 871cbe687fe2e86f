import Core
import Testing

@testable import Slimming

@Suite("Reasons in words")
struct SlimTextTests {
    @Test("a language is named")
    func language() {
        #expect(
            SlimText.reason(.languageLibrary("Python"), observed: true)
                == "The library of Python, whole: other runs may load other parts.")
    }
}
