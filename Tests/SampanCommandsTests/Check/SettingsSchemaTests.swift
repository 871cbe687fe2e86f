import Core
import Glibc
import HostOS
import Testing

@testable import SampanCommands

struct SettingsSchemaTests {
    @Test("the published schema is the one that the program has")
    func current() throws {
        // Tests may be reached through a link.
        let file = try #require(realpath(#filePath, nil))
        defer { free(file) }
        let root = String(cString: file).split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
        let published = try WholeFile.read(root + "/docs/sampan.schema.json", limit: 1 << 20)
        let own = SettingsSchema.document.bytes(indent: "  ")
        // When this fails: sampan check --schema >docs/sampan.schema.json
        #expect(published == own)
    }
}
