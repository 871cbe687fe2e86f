// https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html
private import CLinux
internal import Core
private import Glibc
internal import HostOS
private import Synchronization

/// Learns which paths the programs of a sandbox ask for.
///
/// Their seccomp filter stops each such call and tells it here; it is written down and goes on unchanged. Unlike ptrace
/// that needs no tracer above the program, which stays the first process and keeps its signals, its children are in it
/// from their birth, and a user namespace is enough privilege. What is written down is what was asked for: whether it
/// was there, the layers tell.
final class PathRecorder: Sendable {
    /// More are not kept: a program that walks a whole file system tells nothing by it.
    private static let limit = 50_000
    private static let pathLimit = 4096

    private struct State {
        var trace = ObservedTrace()
        var positions: [String: Int] = [:]
        var addresses: Set<String> = []
    }

    private let state = Mutex(State())

    var trace: ObservedTrace { state.withLock { $0.trace } }

    /// Takes the filter's descriptor from the runtime, as the runtime specification has it, and serves it on a thread
    /// of its own as long as there is anyone to observe.
    func serve(_ listener: FileDescriptor) {
        BlockingPool(threads: 1).submit { [self] in
            guard let connection = try? UnixSocket.accept(listener),
                let filter = try? UnixSocket.receive(over: connection)
            else { return }
            var call = sampan_observed()
            while sampan_observe_next(filter.raw, &call) == 1 {
                if call.kind != 0 { record(call) }
                _ = sampan_observe_continue(filter.raw, call.id)
            }
        }
    }

    private func record(_ call: sampan_observed) {
        let uses = ObservedTrace.Uses(rawValue: call.kind)
        if call.kind == SAMPAN_CONNECTS { return recordAddress(call) }
        if let path = path(call.pid, call.directory, call.address) { add(path, uses) }
        if call.second_address != 0, let path = path(call.pid, call.second_directory, call.second_address) {
            add(path, uses)
        }
    }

    private func add(_ path: String, _ uses: ObservedTrace.Uses) {
        state.withLock { state in
            if let position = state.positions[path] {
                state.trace.paths[position].uses.formUnion(uses)
            } else if state.trace.paths.count < Self.limit {
                state.positions[path] = state.trace.paths.count
                state.trace.paths.append(.init(path: path, uses: uses))
            } else {
                state.trace.isCut = true
            }
        }
    }

    /// An absolute path of the program's own view; nil for what can't be read and for the empty path.
    private func path(_ pid: pid_t, _ directory: Int32, _ address: UInt64) -> String? {
        let text = withUnsafeTemporaryAllocation(byteCount: Self.pathLimit, alignment: 1) { buffer -> String? in
            let count = sampan_read_memory(pid, address, buffer.baseAddress, buffer.count)
            guard count > 0, let end = buffer[..<count].firstIndex(of: 0), end > 0 else { return nil }
            return String(decoding: buffer[..<end], as: UTF8.self)
        }
        guard let text else { return nil }
        if text.hasPrefix("/") { return text }
        // AT_FDCWD
        let link = directory == -100 ? "/proc/\(pid)/cwd" : "/proc/\(pid)/fd/\(directory)"
        guard let base = Self.linkTarget(link), base.hasPrefix("/") else { return nil }
        return base == "/" ? "/" + text : base + "/" + text
    }

    private static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: pathLimit)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    // MARK: - Network

    private func recordAddress(_ call: sampan_observed) {
        var bytes = [UInt8](repeating: 0, count: 28)
        let wanted = min(bytes.count, Int(clamping: call.length))
        let count = bytes.withUnsafeMutableBytes { sampan_read_memory(call.pid, call.address, $0.baseAddress, wanted) }
        guard count >= 8, let text = Self.address(bytes, count) else { return }
        state.withLock { state in
            if state.addresses.count < 64, state.addresses.insert(text).inserted { state.trace.addresses.append(text) }
        }
    }

    /// `192.0.2.1:443`; nil for loopback and for what is no address of the internet.
    private static func address(_ bytes: [UInt8], _ count: Int) -> String? {
        let port = Int(bytes[2]) << 8 | Int(bytes[3])
        switch Int32(bytes[0]) | Int32(bytes[1]) << 8 {
        case AF_INET where bytes[4] != 127 && bytes[4] != 0:
            return bytes[4..<8].map(String.init).joined(separator: ".") + ":\(port)"
        case AF_INET6 where count >= 24:
            let address = bytes[8..<24]
            if address.dropLast().allSatisfy({ $0 == 0 }) { return nil }
            let groups = stride(from: 8, to: 24, by: 2).map {
                String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16)
            }
            return "[" + groups.joined(separator: ":") + "]:\(port)"
        default: return nil
        }
    }
}
