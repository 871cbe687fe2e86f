internal import CLinux
internal import Glibc

/// How a process ended.
package enum ExitStatus: Hashable, Sendable, Codable {
    /// It returned this code, 0 to 255.
    case exited(Int32)
    /// This signal ended it.
    case signaled(Int32)

    package var isSuccess: Bool { self == .exited(0) }

    /// The code that a shell would show: 128 and the signal's number when a signal ended it.
    package var shellCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    }

    /// Reads the status word of wait(2).
    init(word: Int32) {
        let code = sampan_status_code(word)
        self = code < 0 ? .signaled(-code) : .exited(code)
    }
}

extension ExitStatus: CustomStringConvertible {
    /// For people: `exit code 1`, `signal 9 (Killed)`.
    package var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signaled(let number): "signal \(number) (\(String(cString: strsignal(number))))"
        }
    }
}

/// What a process and the children it waited for used.
package struct ResourceUsage: Hashable, Sendable, Codable {
    /// Time in the program itself, in microseconds.
    package var userMicroseconds: Int64
    /// Time in the kernel for it, in microseconds.
    package var systemMicroseconds: Int64
    /// The largest resident set of any one process, in bytes.
    package var peakMemory: Int64

    package init(userMicroseconds: Int64 = 0, systemMicroseconds: Int64 = 0, peakMemory: Int64 = 0) {
        self.userMicroseconds = userMicroseconds
        self.systemMicroseconds = systemMicroseconds
        self.peakMemory = peakMemory
    }

    init(_ usage: rusage) {
        userMicroseconds = Int64(usage.ru_utime.tv_sec) * 1_000_000 + Int64(usage.ru_utime.tv_usec)
        systemMicroseconds = Int64(usage.ru_stime.tv_sec) * 1_000_000 + Int64(usage.ru_stime.tv_usec)
        peakMemory = Int64(usage.ru_maxrss) * 1024
    }
}
