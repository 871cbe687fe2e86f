import Glibc
import ShellSyntax
import Testing

@Suite("Beside bash")
struct BashComparisonTests {
    private static let hasBash = access("/bin/bash", X_OK) == 0

    /// The numbers of the scripts that `bash -n` takes.
    private static func accepted(_ scripts: [[UInt8]]) throws -> Set<Int> {
        var template = Array("/tmp/sampan-shell-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { _ = system("rm -rf \(directory)") }
        for (index, script) in scripts.enumerated() {
            let file = try #require(fopen("\(directory)/\(index)", "w"))
            fwrite(script, 1, script.count, file)
            fclose(file)
        }
        let check = "cd \(directory) && for f in *; do /bin/bash -n $f 2>/dev/null && echo $f; done; true"
        let pipe = try #require(popen(check, "r"))
        defer { pclose(pipe) }
        var out: Set<Int> = []
        var line = [CChar](repeating: 0, count: 64)
        while fgets(&line, 64, pipe) != nil {
            if let index = Int(String(decoding: line.prefix { $0 > 32 }.map(UInt8.init), as: UTF8.self)) {
                out.insert(index)
            }
        }
        return out
    }

    @Test("300 generated scripts are read to their end, as bash reads them", .enabled(if: hasBash, "no bash here"))
    func valid() throws {
        var generator = ScriptGenerator(seed: 7)
        let scripts = (0..<300).map { _ in Array(generator.script().utf8) }
        let accepted = try Self.accepted(scripts)
        for (index, script) in scripts.enumerated() where accepted.contains(index) {
            #expect(ShellScript.parse(script).error == nil, "\(String(decoding: script, as: UTF8.self))")
        }
        #expect(accepted.count > 280)
    }

    /// bash looks into backquotes and the expressions of loops only when it runs them, and takes the end of the text for
    /// the end of a here-document.
    @Test("of 200 damaged scripts bash and we take nearly the same", .enabled(if: hasBash, "no bash here"))
    func damaged() throws {
        var generator = ScriptGenerator(seed: 8)
        let scripts = (0..<200).map { _ in
            let script = generator.script()
            return generator.damaged(script)
        }
        let accepted = try Self.accepted(scripts)
        let different = scripts.indices.filter {
            (ShellScript.parse(scripts[$0]).error == nil) != accepted.contains($0)
        }
        #expect(different.count <= 16)
    }
}
