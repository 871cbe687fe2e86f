import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("directories")
struct DirectoryTests {
    @Test("a directory that spreads what is made in it takes directories as before")
    func spread() throws {
        let place = try TemporaryDirectory()
        Directory.spread(place.path)
        Directory.spread(place.path)
        try Directory.create(place.path + "/a/b")
        let names = try Directory.names(FileDescriptor.open(place.path, O_RDONLY | O_DIRECTORY))
        #expect(names == [Array("a".utf8)])
        try Directory.removeTree(place.path + "/a")
        #expect(try FileInfo.of(place.path + "/a") == nil)
    }

    @Test("a place that can't be spread is left alone", arguments: ["/proc", "/dev/null", "/no/such/place", ""])
    func unspread(path: String) throws {
        Directory.spread(path)
        #expect(try FileInfo.of("/no/such/place") == nil)
    }
}
