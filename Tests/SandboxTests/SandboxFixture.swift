import Core
import FoundationEssentials
import Glibc
import HostOS
import Sandbox
import Testing

/// A directory for one test with a small root file system in it, removed at the end.
final class SandboxFixture {
    let place: String
    var layer: String { place + "/layer" }
    var upper: String { place + "/upper" }
    var work: String { place + "/work" }

    /// The tests of running programs need root and a static shell; CI has both.
    static let canRun = geteuid() == 0 && access("/bin/busybox", X_OK) == 0
    static let reason: Comment = "needs root and /bin/busybox (the package busybox-static)"

    /// The program that stands in for the builder's own as a helper: it lies beside the test program.
    static let tool: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
        let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/sandbox-tool"
    }()

    /// One probe serves all tests of a process.
    static let runtime: OCIRuntime? = {
        guard canRun, let fixture = try? SandboxFixture(shell: false) else { return nil }
        return try? OCIRuntime.find(cache: fixture.place + "/cache", scratch: fixture.place, helper: tool)
    }()

    init(shell: Bool = true, parent: String = "/tmp") throws {
        let unique = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        place = "\(parent)/sampan-sandbox-\(unique)"
        for name in ["", "/layer", "/upper", "/work", "/scratch"] { try Directory.create(place + name) }
        guard shell else { return }
        try Directory.create(layer + "/bin")
        try SandboxFixture.copy("/bin/busybox", to: layer + "/bin/busybox")
        for name in Self.applets { symlink("busybox", "\(layer)/bin/\(name)") }
    }

    deinit { try? Directory.removeTree(place) }

    private static let applets = [
        "sh", "ls", "cat", "id", "true", "sleep", "mount", "umount", "unshare", "mkdir", "touch", "env", "pwd",
        "hostname", "stat", "rm", "echo", "df", "ln", "mknod", "nc", "tty", "kill", "chroot", "find", "test", "grep",
        "readlink", "stty",
    ]

    static func copy(_ source: String, to target: String) throws {
        try FileDescriptor.open(target, O_WRONLY | O_CREAT | O_EXCL, mode: 0o755)
            .copyContents(of: FileDescriptor.open(source, O_RDONLY))
    }

    func file(_ path: String, _ text: String = "", mode: UInt32 = 0o644) throws {
        let full = place + "/" + path
        try Directory.create(full.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 })
        try AtomicFile.write(Array(text.utf8), to: full, mode: mode)
        chmod(full, mode)
    }

    /// A request to run a shell script, or a program when `args` is given.
    func request(_ script: String = "true", args: [String]? = nil) -> SandboxRequest {
        var request = SandboxRequest(
            layers: [layer], upper: upper, work: work, scratch: place + "/scratch",
            args: args ?? ["/bin/sh", "-c", script])
        request.env = ["PATH=/bin"]
        return request
    }

    struct Outcome {
        var status: HostOS.ExitStatus
        var output: String
        var error: String
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Runs a request and collects what its program writes.
    func run(_ request: SandboxRequest) throws -> Outcome {
        let output = try Pipe()
        let error = try FileDescriptor.open(place + "/stderr", O_RDWR | O_CREAT | O_TRUNC)
        let run = try start(request, output.writer, error)
        let bytes = try Self.drain(consume output)
        let status = try run.wait().status
        let text = try WholeFile.read(place + "/stderr")
        return Outcome(
            status: status, output: String(decoding: bytes, as: UTF8.self),
            error: String(decoding: text, as: UTF8.self))
    }

    func run(_ script: String) throws -> Outcome { try run(request(script)) }

    func start(
        _ request: SandboxRequest, _ output: FileDescriptor? = nil, _ error: FileDescriptor? = nil
    ) throws -> SandboxRun {
        // Each run has a scratch directory of its own.
        var request = request
        request.scratch = "\(place)/scratch-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try Directory.create(request.scratch)
        return try SandboxRun.start(
            request, runtime: #require(Self.runtime), stdio: SandboxStdio(output: output, error: error),
            helper: Self.tool)
    }

    /// Reads a pipe to its end. The writer closes here, which a pipe that is still held would prevent.
    private static func drain(_ pipe: consuming Pipe) throws -> [UInt8] {
        let reader = pipe.reader
        pipe = Pipe(reader: reader, writer: try .null())
        return try WholeFile.read(reader, limit: 1 << 20)
    }

    /// What a run has left in the upper directory, as paths below it.
    func changes() throws -> [String] { try Self.tree(upper).sorted() }

    static func tree(_ directory: String, prefix: String = "") throws -> [String] {
        var out: [String] = []
        for name in try Directory.names(FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY)) {
            let name = String(decoding: name, as: UTF8.self)
            out.append(prefix + name)
            if try FileInfo.of(directory + "/" + name)?.kind == .directory {
                out += try tree(directory + "/" + name, prefix: prefix + name + "/")
            }
        }
        return out
    }
}
