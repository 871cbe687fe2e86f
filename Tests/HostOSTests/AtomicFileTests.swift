import Glibc
import SampanTestSupport
import Testing

@testable import HostOS

@Suite("files that appear whole")
struct AtomicFileTests {
    @Test("a file is replaced, and nothing else is left in its directory")
    func replaced() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/page"
        try AtomicFile.write([1, 2, 3], to: path)
        try AtomicFile.write([4], to: path)
        #expect(try WholeFile.read(path) == [4])
        #expect(try Directory.names(.open(directory.path, O_RDONLY | O_DIRECTORY)) == [Array("page".utf8)])
    }

    @Test("a pipe is written to and stays one")
    func pipe() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let reader = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
        try AtomicFile.write([7, 8], to: path)
        #expect(try WholeFile.read(reader, limit: 100) == [7, 8])
        #expect(try FileInfo.of(path)?.kind == .fifo)
    }
}
