private import Core
internal import FoundationEssentials
private import Glibc
internal import HostOS

extension OCIRuntime {
    /// The environment variable that names the runtime to use: a path, or a name in PATH.
    package static let variable = "SAMPAN_RUNTIME"

    /// Finds a runtime that works here: each is asked to run a small program in a sandbox like those of builds.
    /// - Parameters:
    ///   - cache: a file of the caller's where the answer is remembered until the runtime, the kernel or the user
    ///     changes.
    ///   - scratch: an existing empty directory, for the attempts; the caller removes it.
    ///   - helper: see ``SandboxRun/start(_:runtime:stdio:helper:)``.
    package static func find(
        cache: String, scratch: String, helper: String = "/proc/self/exe"
    ) throws(SandboxError) -> OCIRuntime {
        let named = ProgramPath.variable(variable).flatMap { $0.isEmpty ? nil : $0 }
        var remembered = RuntimeMemory.load(cache)
        var refusals: [SandboxError.RuntimeRefusal] = []
        for name in named.map({ [$0] }) ?? ["crun", "runc", "youki"] {
            guard let path = try? ProgramPath.find(name), let stamp = RuntimeStamp(path) else {
                refusals.append(.init(name: name, reason: "not installed"))
                continue
            }
            let runtime = OCIRuntime(path: path, name: path.split(separator: "/").last.map(String.init) ?? name)
            let verdict: RuntimeMemory.Entry
            if let known = remembered.entries.first(where: { $0.stamp == stamp }) {
                verdict = known
            } else {
                let place = "\(scratch)/\(refusals.count)"
                do throws(SandboxError) {
                    try attempt(runtime, place, helper)
                    verdict = RuntimeMemory.Entry(stamp: stamp, refusal: nil)
                } catch .notAllowed(let obstacle) {
                    // No runtime can change that.
                    throw .notAllowed(obstacle)
                } catch {
                    let diagnostic = error.diagnostic
                    verdict = RuntimeMemory.Entry(
                        stamp: stamp, refusal: diagnostic.causes.first ?? diagnostic.message)
                }
                remembered.store(verdict, in: cache)
            }
            guard let reason = verdict.refusal else { return runtime }
            refusals.append(.init(name: runtime.name, reason: reason))
        }
        throw .noRuntime(refusals)
    }

    /// Runs a program of a few bytes, which ends with a code that nothing else would give.
    private static func attempt(
        _ runtime: OCIRuntime, _ place: String, _ helper: String
    ) throws(SandboxError) {
        let layer = place + "/layer"
        try SandboxError.wrap { () throws(SystemError) in
            for name in ["/layer", "/upper", "/work", "/scratch"] { try Directory.create(place + name) }
            try AtomicFile.write(TinyProgram.bytes, to: layer + "/probe", mode: 0o755)
            try check("chmod", layer) { chmod(layer + "/probe", 0o755) }
        }
        let request = SandboxRequest(
            layers: [layer], upper: place + "/upper", work: place + "/work", scratch: place + "/scratch",
            args: ["/probe"])
        let status = try SandboxRun.start(request, runtime: runtime, helper: helper).wait().status
        guard status == .exited(TinyProgram.exitCode) else {
            throw .runtimeFailed(runtime: runtime.name, message: "a program that it ran ended with \(status)")
        }
    }
}

/// What the answer of a probe depends on.
struct RuntimeStamp: Codable, Equatable {
    var path: String
    var size: Int64
    var modified: Int64
    var kernel: String
    /// Changes when the machine starts anew: control groups may then be mounted in another way.
    var boot: String
    var uid: UInt32
    var nested: Bool

    init?(_ path: String) {
        guard let info = try? FileInfo.of(path, followLinks: true) else { return nil }
        self.path = path
        size = info.size
        modified = info.modified.seconds
        kernel = Self.line("/proc/sys/kernel/osrelease")
        boot = Self.line("/proc/sys/kernel/random/boot_id")
        uid = getuid()
        nested = IDMap.isNested
    }

    private static func line(_ path: String) -> String {
        let bytes = (try? WholeFile.read(path, limit: 4096)) ?? []
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }
}

/// The file that remembers probes. A file that cannot be read or written only costs another probe.
struct RuntimeMemory: Codable {
    struct Entry: Codable {
        var stamp: RuntimeStamp
        /// Why the runtime does not work; nil when it does.
        var refusal: String?
    }

    private(set) var entries: [Entry] = []

    static func load(_ path: String) -> RuntimeMemory {
        guard let bytes = try? WholeFile.read(path, limit: 1 << 20),
            let memory = try? JSONDecoder().decode(RuntimeMemory.self, from: Data(bytes))
        else { return RuntimeMemory() }
        return memory
    }

    mutating func store(_ entry: Entry, in path: String) {
        entries.removeAll { $0.stamp.path == entry.stamp.path && $0.stamp.nested == entry.stamp.nested }
        entries.append(entry)
        if let data = try? JSONEncoder().encode(self) { try? AtomicFile.write(Array(data), to: path) }
    }
}
