import Core
import HostOS
import SampanTestSupport
import Testing

@Suite("mapped files")
struct MappedFileTests {
    @Test("a mapped file shows the file's bytes", arguments: [0, 1, 4095, 4096, 4097, 1_000_003])
    func bytes(count: Int) throws {
        let directory = try TemporaryDirectory("mapped")
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = try directory.file("file", content)
        let mapped = try MappedFile(FileDescriptor.open(path, 0))
        mapped.willReadOnce()
        #expect(mapped.count == count)
        #expect(mapped.withBytes { Array($0) } == content)
    }

    @Test("a mapping outlives its descriptor and its file's name")
    func lifetime() throws {
        let mapped: MappedFile
        do {
            let directory = try TemporaryDirectory("mapped")
            mapped = try MappedFile(FileDescriptor.open(directory.file("file", "content"), 0))
        }
        #expect(mapped.withBytes { String(decoding: $0, as: UTF8.self) } == "content")
    }

    @Test("a directory can't be mapped")
    func directory() throws {
        let directory = try TemporaryDirectory("mapped")
        let file = try FileDescriptor.open(directory.path, 0)
        #expect(throws: SystemError.self) { try MappedFile(file) }
    }
}
