import Core
import Glibc
import Testing

@testable import HostOS

@Suite("mounts")
struct MountTests {
    @Test("the kernel's table is read with its escapes, optional fields and all")
    func table() {
        let text = """
            22 27 0:21 / /proc rw,relatime - proc proc rw
            27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
            30 27 0:27 /a\\040b /mnt/with\\040space\\134 ro,nosuid propagate_from:3 - tmpfs none ro,size=4k

            broken line
            a b 0:27 / / rw - t s o
            """
        let mounts = MountTable.parse(Array(text.utf8))
        #expect(mounts.map(\.id) == [22, 27, 30])
        #expect(
            mounts[0]
                == MountPoint(
                    id: 22, parent: 27, root: "/", target: "/proc", type: "proc", source: "proc",
                    options: ["rw", "relatime"],
                    superOptions: ["rw"]))
        #expect(mounts[1].source == "/dev/vda")
        #expect(mounts[2].root == "/a b" && mounts[2].target == "/mnt/with space\\")
        #expect(MountTable.parse([]) == [])
    }

    @Test("this process's own table is there")
    func own() throws {
        #expect(try MountTable.read().contains { $0.target == "/" })
    }

    @Test("a refused mount says what was refused", .enabled(if: geteuid() == 0, "needs root"))
    func refused() {
        let error = #expect(throws: SystemError.self) { try Mounts.bind("/no/such", on: "/no/such") }
        #expect(error == SystemError(ENOENT, "mount /no/such on", "/no/such"))
    }
}

@Suite("UNIX sockets")
struct UnixSocketTests {
    @Test("a descriptor crosses a socket")
    func descriptor() throws {
        let (here, there) = try UnixSocket.pair()
        let pipe = try Pipe()
        try UnixSocket.send(pipe.writer, over: here)
        try UnixSocket.receive(over: there).write([1, 2, 3])
        var buffer = [UInt8](repeating: 0, count: 8)
        #expect(try buffer.withUnsafeMutableBytes { try pipe.reader.read(into: $0) } == 3)
    }

    @Test("bytes without a descriptor are an error, and so is a path that is too long")
    func errors() throws {
        let (here, there) = try UnixSocket.pair()
        try here.write([7])
        #expect(throws: SystemError(EPROTO, "receive a descriptor")) { try UnixSocket.receive(over: there) }
        let long = "/tmp/" + String(repeating: "x", count: 200)
        #expect(throws: SystemError(ENAMETOOLONG, "listen on", long)) { try UnixSocket.listen(long) }
    }

    @Test("writing to a closed socket is an error and no signal")
    func closed() throws {
        let (here, there) = try UnixSocket.pair()
        shutdown(there.raw, Int32(SHUT_RDWR))
        #expect(throws: SystemError(EPIPE, "write")) { try here.writeQuietly([1]) }
    }
}
