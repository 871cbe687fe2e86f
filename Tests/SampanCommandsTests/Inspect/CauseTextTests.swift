import ContentStore
import ImageAnalysis
import Testing

@Suite("instructions on one line")
struct CauseTextTests {
    @Test(
        "what builders put around an instruction is taken away",
        arguments: [
            ("/bin/sh -c #(nop) COPY file:abc in / ", "COPY file:abc in /"),
            ("/bin/sh -c apt-get  update", "RUN apt-get update"),
            ("RUN /bin/sh -c make # buildkit", "RUN make"), ("COPY a /a # buildkit", "COPY a /a"),
            ("|1 A=b /bin/sh -c echo $A", "RUN echo $A"), ("RUN |2 A=b C=d /bin/sh -c x # buildkit", "RUN x"),
            ("RUN make\n  && rm -rf /x", "RUN make && rm -rf /x"), ("", "(no history)"), ("|9 a", "|9 a"),
            ("RUN \u{1b}[31mx", "RUN \\x1b[31mx"), ("|99999999999999999999 a", "|99999999999999999999 a"),
        ])
    func instructions(text: String, shown: String) { #expect(CauseText.instruction(text) == shown) }

    @Test("lines are a number or two")
    func places() {
        var place = InstructionPlace(file: "Dockerfile", firstLine: 3, lastLine: 3, stage: "0")
        #expect(CauseText.place(place) == "Dockerfile:3")
        place.lastLine = 7
        #expect(CauseText.place(place) == "Dockerfile:3-7")
        #expect(CauseText.place(nil) == nil)
    }
}
