internal import CLinux
internal import Glibc
private import Synchronization

/// A program that this process started.
///
/// It is born on one thread that lives as long as the process, so that a parent-death signal means the death of the
/// process, not of some thread of a pool. Someone must ``wait()`` for it, else it stays a zombie.
package final class ChildProcess: Sendable {
    /// What to start and how.
    package struct Options: Sendable {
        /// A path, or a name that PATH resolves.
        package var program: String
        /// The arguments after the program's name.
        package var arguments: [String]
        /// `NAME=value`; nil hands on the environment of this process.
        package var environment: [String]?
        package var directory: String?
        /// What the child sees under each number. 0, 1 and 2 are the null device unless given or inherited; no other
        /// descriptor reaches the child.
        package var descriptors: [Int32: FileDescriptor] = [:]
        /// Keep standard input, output and error of this process where ``descriptors`` says nothing.
        package var inheritsStandardStreams = false
        package var newSession = false
        package var newProcessGroup = false
        /// The signal it gets when this process dies; nil for none.
        package var parentDeathSignal: Int32? = SIGKILL
        package var namespaces: NamespaceSet = []
        /// Become uid and gid 0 of the new user namespace before the program starts.
        package var becomesRoot = false

        package init(_ program: String, _ arguments: [String] = []) {
            self.program = program
            self.arguments = arguments
        }
    }

    /// In the PID namespace of this process.
    package let pid: Int32
    private let program: String
    /// Readable once the process has ended: for those who wait for several things at once.
    package let handle: FileDescriptor
    private let ended = Mutex<(status: ExitStatus, usage: ResourceUsage)?>(nil)

    /// The times that are left to find an adopted process not to be our child yet: ten seconds.
    private let adoption: Mutex<Range<Int>.Iterator>

    private init(pid: Int32, handle: FileDescriptor, program: String, isAdopted: Bool = false) {
        adoption = Mutex((0..<(isAdopted ? 20_000 : 0)).makeIterator())
        self.pid = pid
        self.handle = handle
        self.program = program
    }

    /// Starts a program.
    /// - Parameter prepare: called with the child's pid while the child waits, to write id maps for instance. When it
    ///   throws, the child ends without having run anything.
    package static func spawn(
        _ options: Options, prepare: ((Int32) throws(ProcessError) -> Void)? = nil
    ) throws(ProcessError) -> ChildProcess {
        let path = try ProgramPath.find(options.program)
        var descriptors = options.descriptors
        for number in Int32(0)...2 where descriptors[number] == nil {
            descriptors[number] = try ProcessError.wrap { () throws(SystemError) in
                options.inheritsStandardStreams ? try .duplicating(number) : try .null()
            }
        }
        let placed = descriptors.sorted { $0.key < $1.key }
            .map { sampan_descriptor(source: $0.value.raw, target: $0.key) }
        var child = try SpawnThread.run { () throws(ProcessError) in
            try start(path, options, placed)
        }
        withExtendedLifetime(descriptors) {}
        let process = ChildProcess(
            pid: child.pid, handle: FileDescriptor(owning: child.pidfd), program: options.program)
        if let prepare {
            do throws(ProcessError) { try prepare(child.pid) } catch {
                close(child.release)
                close(child.failure)
                _ = process.wait()
                throw error
            }
        }
        var failure = sampan_spawn_failure()
        if sampan_spawn_release(&child, &failure) != 0 {
            _ = process.wait()
            throw .cannotStart(program: options.program, step: stepName(failure.step), errno: failure.error)
        }
        return process
    }

    /// Takes over a child that some other program started and left to this process.
    package static func adopt(_ pid: Int32, program: String) throws(SystemError) -> ChildProcess {
        let handle = FileDescriptor(owning: try check("open process", String(pid)) { sampan_pidfd_open(pid) })
        return ChildProcess(pid: pid, handle: handle, program: program, isAdopted: true)
    }

    private static func start(
        _ path: String, _ options: Options, _ descriptors: [sampan_descriptor]
    ) throws(ProcessError) -> sampan_child {
        var child = sampan_child()
        let result = CStrings.with([options.program] + options.arguments) { argv in
            CStrings.with(options.environment ?? ProgramPath.environment) { envp in
                path.withCString { path in
                    CStrings.with(options.directory.map { [$0] } ?? []) { directory in
                        descriptors.withUnsafeBufferPointer { descriptors in
                            var spawn = sampan_spawn()
                            spawn.path = path
                            spawn.argv = UnsafePointer(argv)
                            spawn.envp = UnsafePointer(envp)
                            spawn.directory = UnsafePointer(directory[0])
                            spawn.descriptors = descriptors.baseAddress
                            spawn.descriptor_count = Int32(descriptors.count)
                            spawn.namespaces = options.namespaces.rawValue
                            spawn.parent_death_signal = options.parentDeathSignal ?? 0
                            spawn.new_session = options.newSession ? 1 : 0
                            spawn.new_process_group = options.newProcessGroup ? 1 : 0
                            spawn.become_root = options.becomesRoot ? 1 : 0
                            return sampan_spawn_start(&spawn, &child) == 0 ? 0 : errno
                        }
                    }
                }
            }
        }
        guard result == 0 else { throw .cannotStart(program: options.program, step: "make a process", errno: result) }
        return child
    }

    private static func stepName(_ step: Int32) -> String {
        switch Int(step) {
        case SAMPAN_STEP_DESCRIPTORS: "place its descriptors"
        case SAMPAN_STEP_DIRECTORY: "enter its directory"
        case SAMPAN_STEP_CREDENTIALS: "become root of the user namespace"
        case SAMPAN_STEP_EXEC: "execute the file"
        default: "make a process"
        }
    }

    /// Waits for its end. Any thread, any number of times.
    @discardableResult
    package func wait() -> ExitStatus {
        while true { if let status = poll(milliseconds: -1) { return status } }
    }

    /// Waits for its end, but no longer than this; nil when it still runs.
    package func wait(timeout: Duration) -> ExitStatus? {
        let deadline = ContinuousClock.now + timeout
        while true {
            let left = deadline - ContinuousClock.now
            if let status = poll(milliseconds: left.milliseconds) { return status }
            if left <= .zero { return nil }
        }
    }

    private func poll(milliseconds: Int32) -> ExitStatus? {
        if let known = ended.withLock({ $0 }) { return known.status }
        // A pidfd is readable once the process ended, for all who wait; reaping is then done by one of them.
        _ = try? handle.waitReadable(milliseconds: milliseconds)
        return ended.withLock { ended in
            if let ended { return ended.status }
            var word: Int32 = 0
            var usage = rusage()
            switch sampan_reap(pid, &word, &usage) {
            case 0: return nil
            case 1: ended = (ExitStatus(word: word), ResourceUsage(usage))
            default:
                // An adopted child may end before those between it and us have; the kernel gives it to us after that.
                if adoption.withLock({ $0.next() }) != nil {
                    usleep(500)
                    return nil
                }
                // Reaped behind our back: its end is all that is known.
                ended = (.exited(255), ResourceUsage())
            }
            return ended?.status
        }
    }

    /// What it used; nil before its end.
    package var usage: ResourceUsage? { ended.withLock { $0?.usage } }

    /// Sends it a signal; nothing happens when it has ended.
    package func terminate(_ signal: Int32 = SIGTERM) { _ = sampan_pidfd_signal(handle.raw, signal) }
}
