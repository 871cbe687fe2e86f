import Glibc
import HostOS
import Testing

/// What a program may leave behind: processes and mounts.
enum Traces {
    /// Processes whose command line or environment names a text, and mounts of any process' namespace below a path.
    static func find(_ text: String) -> [String] {
        let names = (try? Directory.names(FileDescriptor.open("/proc", O_RDONLY | O_DIRECTORY))) ?? []
        var out: [String] = []
        for name in names.map({ String(decoding: $0, as: UTF8.self) }) {
            guard let pid = Int32(name), pid != getpid() else { continue }
            for file in ["cmdline", "environ", "mountinfo"] {
                guard let bytes = try? WholeFile.read("/proc/\(pid)/\(file)", limit: 16 << 20), !bytes.isEmpty,
                    bytes.firstRange(of: Array(text.utf8)) != nil
                else { continue }
                let shown = (try? WholeFile.read("/proc/\(pid)/cmdline", limit: 1 << 20)) ?? []
                let command = shown.map { $0 == 0 ? UInt8(ascii: " ") : $0 }
                out.append("\(pid) (\(file)): \(String(decoding: command, as: UTF8.self))")
            }
        }
        if let own = try? WholeFile.read("/proc/self/mountinfo", limit: 16 << 20),
            own.firstRange(of: Array(text.utf8)) != nil
        {
            out.append("a mount in the test's own namespace")
        }
        return out
    }

    /// Waits until nothing is left; gives what still is after ten seconds.
    static func remaining(_ text: String) -> [String] {
        for _ in 0..<200 {
            if find(text).isEmpty { return [] }
            usleep(50_000)
        }
        return find(text)
    }

    /// Waits until a condition holds; false after the time.
    static func wait(seconds: Double = 20, _ condition: () -> Bool) -> Bool {
        for _ in 0..<Int(seconds * 100) {
            if condition() { return true }
            usleep(10_000)
        }
        return condition()
    }
}
