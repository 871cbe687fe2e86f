private import Glibc
package import HostOS

/// Joins the terminal of this process with that of a sandbox.
package enum TerminalProxy {
    /// Copies both ways until the sandbox's terminal closes; keys go to the program uninterpreted, and the window's
    /// size follows. The terminal of this process is as before when it returns.
    package static func run(_ console: FileDescriptor) throws(SandboxError) {
        var before = termios()
        let isTerminal = tcgetattr(0, &before) == 0
        if isTerminal {
            var raw = before
            cfmakeraw(&raw)
            tcsetattr(0, TCSANOW, &raw)
        }
        defer { if isTerminal { tcsetattr(0, TCSANOW, &before) } }
        Terminals.copyWindowSize(from: 0, to: console)
        let watcher = try SandboxError.wrap { () throws(SystemError) in
            try SignalWatcher([SIGWINCH]) { _ in Terminals.copyWindowSize(from: 0, to: console) }
        }
        defer { watcher.stop() }
        try SandboxError.wrap { () throws(SystemError) in try copy(console) }
    }

    private static func copy(_ console: FileDescriptor) throws(SystemError) {
        var entries = [
            pollfd(fd: console.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            try check("wait for the terminal") { poll(&entries, 2, -1) }
            if entries[0].revents != 0 {
                // A terminal whose program has ended fails with EIO: that is its end of file.
                let count = buffer.withUnsafeMutableBytes { read(console.raw, $0.baseAddress, $0.count) }
                if count <= 0 { return }
                try write(buffer[..<count], to: 1)
            }
            if entries[1].revents != 0 {
                let count = buffer.withUnsafeMutableBytes { read(0, $0.baseAddress, $0.count) }
                if count > 0 {
                    try write(buffer[..<count], to: console.raw)
                } else {
                    // End of input: the program reads it as Ctrl-D, and no more is asked for.
                    try write([4], to: console.raw)
                    entries[1].fd = -1
                }
            }
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try check("write to the terminal") {
                rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }
}
