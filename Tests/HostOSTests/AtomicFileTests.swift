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

    @Test("what is written bit by bit reaches a pipe whole, through a link too, and neither is replaced")
    func sink() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(symlink("pipe", directory.path + "/link") == 0)
        let reader = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
        for name in ["pipe", "link"] {
            let file = try AtomicFile(directory.path + "/" + name)
            try file.descriptor.write([1, 2])
            try file.descriptor.write([3])
            try file.publish()
            #expect(try WholeFile.read(reader, limit: 100) == [1, 2, 3])
        }
        #expect(try FileInfo.of(path)?.kind == .fifo && FileInfo.of(directory.path + "/link")?.kind == .symlink)
        #expect(try Directory.names(.open(directory.path, O_RDONLY | O_DIRECTORY)).count == 2)
    }

    @Test("what goes wrong is told of the name that was given, before anything is written and after")
    func named() throws {
        let directory = try TemporaryDirectory()
        let place = directory.path
        for (path, number) in [
            (place + "/none/x", ENOENT), (place, EISDIR), (place + "/", EISDIR), ("/proc/x", ENOENT),
            ("/dev/null/x", ENOTDIR), (place + "/" + String(repeating: "n", count: 300), ENAMETOOLONG),
        ] {
            let expected = SystemError(number, "write", path)
            #expect(throws: expected) { try AtomicFile.probe(path) }
            #expect(throws: expected) { try AtomicFile.write([1], to: path) }
        }
        #expect(throws: SystemError(ENOSPC, "write", "/dev/full")) { try AtomicFile.write([1], to: "/dev/full") }
        try AtomicFile.probe("/dev/full")
        try AtomicFile.probe(place + "/x")
        #expect(try Directory.names(.open(place, O_RDONLY | O_DIRECTORY)).isEmpty)
    }
}
