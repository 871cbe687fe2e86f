import Core
import ImageAnalysis
import OCI
import Reports
import Testing

@Suite("the Markdown comment")
struct MarkdownReportTests {
    @Test("it says the most in a few lines")
    func whole() throws {
        let explanation = try SampleImage.explanation()
        #expect(
            MarkdownReport(explanation).text == """
                ### web:1

                `\(explanation.image.manifest.digest)`, linux/amd64

                | compressed | contents | layers | packages | waste | user |
                |---:|---:|---:|---:|---:|---|
                | 2.04 MB | 4.07 MB | 2 | 1 | 70.0 kB | 65532:65532 |

                ❌ `/app` does not start: lacks libssl.so.3 for /app

                | layer | compressed | line |
                |---|---:|---|
                | `RUN make` | 2.00 MB |  |
                | `COPY a /a` | 35.5 kB | Dockerfile:3-4 |

                **What to do**

                - link the copy (Dockerfile:3-4), saves 70.0 kB

                """)
    }

    @Test("text of images is no markup", arguments: ["a|b", "`x`", "<img src=x>", "[a](b)", "@all", "a\nb", "**x**"])
    func hostile(text: String) throws {
        let markdown = MarkdownReport(try SampleImage.explanation(name: text, hostile: text)).text
        let plain = MarkdownReport(try SampleImage.explanation()).text
        #expect(markdown.split(separator: "\n").count == plain.split(separator: "\n").count)
        // What is left without code and without escaped characters.
        let bare = markdown.replacing(#/`[^`]*`|\\./#, with: "")
        for mark in ["<", "[", "**x", "@", "`"] { #expect(!bare.contains(mark)) }
    }
}
