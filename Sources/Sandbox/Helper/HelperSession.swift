internal import Core
internal import FoundationEssentials
private import Glibc
internal import HostOS

/// One run, from the helper's side.
struct HelperSession {
    private let order: HelperOrder
    private let channel: ControlChannel
    private var request: SandboxRequest { order.request }

    init(_ order: HelperOrder, _ channel: ControlChannel) {
        self.order = order
        self.channel = channel
    }

    mutating func run() throws(SandboxError) -> SandboxResult {
        let workspace = try prepareNamespace()
        var assembly = MountAssembly(workspace, rootless: order.rootless, nested: request.handler != nil)
        try assembleRoot(&assembly)
        let emulation = try request.handler.map { (handler) throws(SandboxError) in
            try EmulationNamespace(handler, request, &assembly.workspace, rootless: order.rootless)
        }
        defer { withExtendedLifetime(emulation) {} }
        let group = order.rootless ? nil : "/\(request.cgroupParent ?? ControlGroups.parent)/\(order.identifier)"
        defer { if let group { ControlGroups.remove(group) } }
        // Some runtimes say that all is well before they try the program.
        if let problem = ProgramCheck.problem(request, root: workspace.root, covered: assembly.targets) {
            throw problem
        }
        let observer = try observer(workspace)
        try writeSpecification(assembly, group, emulation, observer)
        if order.runtime.name == "crun", !order.rootless { ControlGroups.hideUnified() }
        for (listener, path) in assembly.sockets { SocketForwarder.start(listener, leadingTo: path) }

        var supervisor = Supervisor(channel)
        guard let program = try start(workspace, &supervisor) else {
            return SandboxResult(status: .signaled(SIGKILL), usage: ResourceUsage(), canceled: true)
        }
        observer?.serve(program.pid)
        try SandboxError.wrap { () throws(SystemError) in try channel.send(.started) }
        let status = supervisor.wait(for: program)
        // Whatever still runs has lost its container; the root must be at rest before its upper directory is read.
        kill(-1, SIGKILL)
        if (try? Mounts.unmount(workspace.root)) == nil { try? Mounts.unmount(workspace.root, detach: true) }
        return SandboxResult(
            status: status, usage: program.usage ?? ResourceUsage(), canceled: supervisor.isCanceled,
            trace: observer?.recorder?.trace)
    }

    private static let recorderSocket = "observe"

    private func observer(_ workspace: HelperWorkspace) throws(SandboxError) -> Observer? {
        guard let observation = request.observation else { return nil }
        guard observation.recordsPaths else { return Observer(recorder: nil) }
        return try SandboxError.wrap { () throws(SystemError) in
            let listener = try WorkingDirectory.inside(workspace.bundle) { () throws(SystemError) in
                try UnixSocket.listen(Self.recorderSocket)
            }
            let recorder = PathRecorder()
            recorder.serve(listener)
            let directory = try FileDescriptor.open(workspace.bundle, OpenFlags.path | O_DIRECTORY)
            return Observer(recorder: recorder, directory: directory, socket: Self.recorderSocket)
        }
    }

    private func prepareNamespace() throws(SandboxError) -> HelperWorkspace {
        do throws(SystemError) {
            // What is mounted here must not show up on the host; what the host unmounts may go here too.
            try Mounts.setPropagation(.slave, on: "/")
            try Mounts.proc(on: "/proc")
            return try HelperWorkspace(scratch: request.scratch)
        } catch {
            if error.errno == EPERM || error.errno == EACCES {
                throw .notAllowed(.refused(operation: error.operation + " " + (error.path ?? ""), errno: error.errno))
            }
            throw SandboxError(error)
        }
    }

    private func assembleRoot(_ assembly: inout MountAssembly) throws(SandboxError) {
        let isFresh: Bool
        let view: String
        do throws(SystemError) {
            isFresh = try request.upper.map { (path) throws(SystemError) in try isEmpty(path) } ?? true
            let layers = request.layers + (isFresh ? [] : [request.upper ?? ""])
            view = try assembly.workspace.overlay(layers, volatile: false, rootless: order.rootless)
        } catch { throw explain(error, writing: false) }
        let points = try assemblePoints(&assembly, view, isFresh)
        do throws(SystemError) {
            try Mounts.unmount(view)
            guard let upper = request.upper, let work = request.work else {
                return try assembly.workspace.overlay(
                    request.layers + [points], upper: nil, volatile: false, rootless: order.rootless,
                    on: assembly.workspace.root)
            }
            try clearWork(work)
            try assembly.workspace.overlay(
                request.layers + [points], upper: (upper, work), volatile: request.volatile,
                rootless: order.rootless, on: assembly.workspace.root)
        } catch { throw explain(error, writing: true) }
    }

    private func explain(_ error: SystemError, writing: Bool) -> SandboxError {
        switch error.errno {
        case EINVAL where writing, EOPNOTSUPP where writing, EREMOTE where writing:
            .notAllowed(.unsuitableFileSystem(directory: request.upper ?? ""))
        case EPERM: .notAllowed(.refused(operation: error.operation, errno: error.errno))
        default: SandboxError(error)
        }
    }

    private func isEmpty(_ directory: String) throws(SystemError) -> Bool {
        try Directory.names(FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY)).isEmpty
    }

    private func assemblePoints(
        _ assembly: inout MountAssembly, _ view: String, _ isFresh: Bool
    ) throws(SandboxError) -> String {
        let root = try SandboxError.wrap { () throws(SystemError) in
            try FileDescriptor.open(view, O_RDONLY | O_DIRECTORY)
        }
        let points = try assembly.assemble(request, view: root)
        if let upper = request.upper, isFresh, !request.layers.isEmpty {
            try SandboxError.wrap { () throws(SystemError) in try adoptRoot(root, upper) }
        }
        return points
    }

    /// The root directory of an overlay has the metadata of the upper one: a fresh one must look like the layers' root.
    private func adoptRoot(_ root: FileDescriptor, _ upper: String) throws(SystemError) {
        let info = try root.info()
        try MetadataCopy.apply(info, from: "/proc/self/fd/\(root.raw)/.", to: upper)
        try MetadataCopy.setTimes(info, of: upper)
    }

    /// A work directory of an earlier run has the kernel's marks in it.
    private func clearWork(_ work: String) throws(SystemError) {
        for name in ["work", "index", "incompat"] { try Directory.removeTree(work + "/" + name) }
    }

    private func writeSpecification(
        _ assembly: MountAssembly, _ group: String?, _ emulation: EmulationNamespace?, _ observer: Observer?
    ) throws(SandboxError) {
        let placement = RuntimeSpec.Placement(
            root: "root", mounts: assembly.mounts, cgroupsPath: group, rootless: order.rootless,
            mapsTerminalGroup: !order.rootless || IDMap.contains(5, in: "/proc/self/gid_map"),
            seccomp: try seccomp(observer), userNamespace: emulation?.specification)
        let specification = try RuntimeSpec(request, placement)
        guard let data = try? JSONEncoder().encode(specification) else {
            throw .system(operation: "encode", path: "config.json", errno: EINVAL)
        }
        try SandboxError.wrap { () throws(SystemError) in
            let path = assembly.workspace.bundle + "/config.json"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600).write(Array(data))
        }
    }

    private func seccomp(_ observer: Observer?) throws(SandboxError) -> SeccompProfile? {
        if request.security == .insecure { return nil }
        switch request.seccomp {
        case .off: return nil
        case .default:
            let profile = SeccompProfile.standard(architecture: Platform.host.architecture)
            return observer?.listenerPath.map { profile.observed(listener: $0) } ?? profile
        case .custom(let json):
            do { return try JSONDecoder().decode(SeccompProfile.self, from: Data(json.utf8)) } catch {
                throw .badSeccompProfile("\(error)")
            }
        }
    }

    /// Starts the container.
    /// - Returns: its program; nil when the run was canceled before it was there.
    private func start(
        _ workspace: HelperWorkspace, _ supervisor: inout Supervisor
    ) throws(SandboxError) -> ChildProcess? {
        let listener = try SandboxError.wrap { () throws(SystemError) in
            try request.terminal
                ? WorkingDirectory.inside(workspace.bundle) { () throws(SystemError) in
                    try UnixSocket.listen("console")
                } : nil
        }
        var options = ChildProcess.Options(
            order.runtime.path,
            order.runtime.arguments(
                bundle: workspace.bundle, state: workspace.state, log: workspace.log, pidFile: workspace.pidFile,
                console: listener == nil ? nil : "console", identifier: order.identifier, rootless: order.rootless))
        options.directory = workspace.bundle
        // Where crun puts a mount point for a moment, so that a kill cannot leave it in /tmp.
        options.environment = ProgramPath.environment + ["_LIBCONTAINER_STATEDIR=" + workspace.state]
        options.inheritsStandardStreams = true
        options.parentDeathSignal = nil
        let runtime: ChildProcess
        do throws(ProcessError) { runtime = try ChildProcess.spawn(options) } catch { throw SandboxError(error) }
        let status = supervisor.wait(for: runtime)
        if supervisor.isCanceled { return nil }
        guard status.isSuccess else { throw failure(workspace, status) }
        return try SandboxError.wrap { () throws(SystemError) in
            if let listener {
                let console = try UnixSocket.receive(over: UnixSocket.accept(listener))
                try channel.send(.console)
                try UnixSocket.send(console, over: channel.socket)
            }
            let text = String(decoding: try WholeFile.read(workspace.pidFile, limit: 64), as: UTF8.self)
            guard let pid = Int32(text) else { throw SystemError(EINVAL, "read", workspace.pidFile) }
            return try ChildProcess.adopt(pid, program: request.args.first ?? "")
        }
    }

    private func failure(_ workspace: HelperWorkspace, _ status: ExitStatus) -> SandboxError {
        let log = (try? WholeFile.read(workspace.log, limit: 1 << 20)) ?? []
        let message = RuntimeLog.lastError(log) ?? "it ended with \(status)"
        return .runtimeFailed(runtime: order.runtime.name, message: message)
    }
}
