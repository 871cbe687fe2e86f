import Core
import DockerfileLint
import DockerfileSyntax
import FoundationEssentials
import Testing

/// Files beside what hadolint 2.15.1 says of them: see the head of the file.
@Suite("Package managers and pipes beside hadolint")
struct PackageCasesTests {
    private static func unescaped(_ text: Substring) -> String {
        var out = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                out.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    @Test("every case has hadolint's findings at hadolint's lines")
    func cases() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let data = try Data(contentsOf: URL(fileURLWithPath: "/\(root)/Fixtures/lint/packages.tsv"))
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
            .drop { $0.hasPrefix("#") }
        let codes = Set(try #require(lines.first).split(separator: " ").map(String.init))
        #expect(lines.count > 1200)
        for line in lines.dropFirst() {
            let fields = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            let text = Self.unescaped(fields[1])
            let file = LintFile(parsing: SourceFile(name: "Dockerfile", text: text))
            let found = Linter.lint(file).flatMap { finding in
                ([finding.code] + finding.equivalents).filter(codes.contains).compactMap { code in
                    finding.instruction.map { "\(code)@\(file.dockerfile.instructions[$0].lines.lowerBound)" }
                }
            }
            #expect(Set(found) == Set(fields[0].split(separator: " ").map(String.init)), "\(text)")
        }
    }
}
