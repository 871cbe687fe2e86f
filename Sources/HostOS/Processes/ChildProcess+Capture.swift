private import CLinux
internal import Glibc

extension ChildProcess {
    /// What a program that ran to its end left behind.
    package struct Captured: Sendable {
        package var status: ExitStatus
        package var output: [UInt8]
        package var error: [UInt8]

        /// What it wrote to standard error as text, without line ends and spaces at the end.
        package var errorText: String {
            var bytes = error[...]
            while let last = bytes.last, last == 0x0a || last == 0x20 || last == 0x0d { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Runs a program to its end, gives it input and collects what it writes.
    /// - Parameters:
    ///   - limit: the most bytes of output and of error, each; a program that writes more is killed.
    ///   - timeout: how long it may take; it is killed after that.
    ///   - started: gets the process, for those who may have to end it.
    package static func capture(
        _ options: Options, input: [UInt8] = [], limit: Int = 16 << 20, timeout: Duration? = nil,
        started: (ChildProcess) -> Void = { _ in }
    ) throws(ProcessError) -> Captured {
        var (child, exchange) = try spawnConnected(options, input)
        started(child)
        let deadline = timeout.map { ContinuousClock.now + $0 }
        do throws(ProcessError) {
            while !exchange.isDone {
                let left = deadline.map { $0 - ContinuousClock.now }
                if let left, left <= .zero { throw .timedOut(program: options.program) }
                try ProcessError.wrap { () throws(SystemError) in try exchange.step(left?.milliseconds) }
                if exchange.largest > limit { throw .tooMuchOutput(program: options.program, limit: limit) }
            }
            if let deadline, child.wait(timeout: deadline - ContinuousClock.now) == nil {
                throw .timedOut(program: options.program)
            }
        } catch {
            child.terminate(SIGKILL)
            child.wait()
            throw error
        }
        return Captured(status: child.wait(), output: exchange.outputs[0], error: exchange.outputs[1])
    }

    /// Our copies of the child's ends of the pipes close on return; else its end of file would never come.
    private static func spawnConnected(
        _ options: Options, _ input: [UInt8]
    ) throws(ProcessError) -> (ChildProcess, Exchange) {
        let pipes = try ProcessError.wrap { () throws(SystemError) in (try Pipe(), try Pipe(), try Pipe()) }
        var options = options
        options.descriptors[0] = pipes.0.reader
        options.descriptors[1] = pipes.1.writer
        options.descriptors[2] = pipes.2.writer
        let child = try spawn(options)
        return (child, Exchange(input: input, writer: pipes.0.writer, readers: [pipes.1.reader, pipes.2.reader]))
    }

    /// Feeding a child and reading it at the same time.
    private struct Exchange {
        private var input: ArraySlice<UInt8>
        private var writer: FileDescriptor?
        private var readers: [FileDescriptor?]
        private(set) var outputs: [[UInt8]] = [[], []]

        init(input: [UInt8], writer: FileDescriptor, readers: [FileDescriptor]) {
            self.input = input[...]
            self.writer = input.isEmpty ? nil : writer
            self.readers = readers
            // A child that reads slowly must not keep us from reading what it writes.
            _ = sampan_set_nonblocking(writer.raw)
        }

        var isDone: Bool { writer == nil && readers.allSatisfy { $0 == nil } }

        var largest: Int { max(outputs[0].count, outputs[1].count) }

        /// Waits for one of the pipes and moves what it can.
        mutating func step(_ milliseconds: Int32?) throws(SystemError) {
            var entries = readers.map { pollfd(fd: $0?.raw ?? -1, events: Int16(POLLIN), revents: 0) }
            entries.append(pollfd(fd: writer?.raw ?? -1, events: Int16(POLLOUT), revents: 0))
            try check("wait for a program") { poll(&entries, nfds_t(entries.count), milliseconds ?? -1) }
            for index in readers.indices where entries[index].revents != 0 { try read(index) }
            if entries[2].revents != 0 { write() }
        }

        private mutating func read(_ index: Int) throws(SystemError) {
            guard let reader = readers[index] else { return }
            var failure: SystemError?
            let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
                do throws(SystemError) {
                    let count = try reader.read(into: buffer)
                    outputs[index].append(contentsOf: buffer[..<count])
                    return count
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            if count == 0 { readers[index] = nil }
        }

        private mutating func write() {
            guard let writer else { return }
            let count = input.withUnsafeBytes { sampan_write_pipe(writer.raw, $0.baseAddress, $0.count) }
            if count < 0 {
                // A child that wants no more input is no error of ours.
                if errno != EAGAIN { self.writer = nil }
                return
            }
            input = input.dropFirst(count)
            if input.isEmpty { self.writer = nil }
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, as poll(2) takes them.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(max(0, seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
