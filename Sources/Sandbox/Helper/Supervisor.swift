private import Glibc
internal import HostOS

/// Waits for programs while listening to the builder.
struct Supervisor {
    private let channel: ControlChannel
    private(set) var isCanceled = false
    private var killAt: ContinuousClock.Instant?

    init(_ channel: ControlChannel) { self.channel = channel }

    /// Waits for a child of this process; passes signals on to it, and ends everything when the builder says so or is
    /// gone.
    mutating func wait(for child: ChildProcess) -> ExitStatus {
        while true {
            var entries = [
                pollfd(fd: channel.socket.raw, events: Int16(POLLIN), revents: 0),
                pollfd(fd: child.handle.raw, events: Int16(POLLIN), revents: 0),
            ]
            poll(&entries, 2, timeout)
            if entries[1].revents != 0 { return child.wait() }
            if entries[0].revents != 0 { listen(child) }
            if let killAt { kill(-1, ContinuousClock.now >= killAt ? SIGKILL : SIGTERM) }
        }
    }

    /// In milliseconds. While a cancel lasts, programs are asked again and again: a shell may just have been starting
    /// another one.
    private var timeout: Int32 {
        guard let killAt else { return -1 }
        let left = killAt - ContinuousClock.now
        return left <= .zero ? 10 : left < .milliseconds(250) ? Int32(left / .milliseconds(1)) + 1 : 250
    }

    private mutating func listen(_ child: ChildProcess) {
        switch try? channel.receive() {
        case .signal(let number): child.terminate(number)
        case .cancel(let milliseconds):
            isCanceled = true
            // Not to the first program alone: the first of a PID namespace ignores what it has no handler for, and a
            // shell ends when the program that it waits for has ended.
            killAt = ContinuousClock.now + .milliseconds(milliseconds)
        case .order, .handler, .started, .registered, .console, .question, .ports, .connected, .refused, .failed,
            .ended:
            break
        case nil:
            // The builder is gone, and with it anyone who wants the outcome.
            kill(-1, SIGKILL)
            exit(1)
        }
    }
}
