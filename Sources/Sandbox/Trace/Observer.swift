private import CLinux
private import Glibc
internal import HostOS

/// Answers the builder's questions about the program of a sandbox, from the helper's side.
struct Observer {
    /// The descriptor that the questions come from.
    static let descriptor: Int32 = 4

    let recorder: PathRecorder?
    /// Where the runtime reaches the recorder. Paths of sockets are limited to 107 bytes and must be absolute, so it
    /// leads through a descriptor of the helper, which is the first process of its namespace.
    var listenerPath: String? { directory.map { "/proc/1/fd/\($0.raw)/\(socket)" } }

    private let channel: ControlChannel
    private let directory: FileDescriptor?
    private let socket: String

    /// - Parameters:
    ///   - directory: where the recorder's socket is.
    ///   - socket: its name.
    init(recorder: PathRecorder?, directory: FileDescriptor? = nil, socket: String = "") {
        self.recorder = recorder
        self.directory = directory
        self.socket = socket
        channel = ControlChannel(socket: FileDescriptor(owning: Self.descriptor))
    }

    /// Serves until the process ends.
    /// - Parameter program: the first process of the sandbox.
    func serve(_ program: Int32) {
        BlockingPool(threads: 1).submit { [self] in
            while let message = try? channel.receive() {
                guard case .question(let question) = message else { continue }
                answer(question, program)
            }
        }
    }

    private func answer(_ question: ObserverQuestion, _ program: Int32) {
        switch question {
        case .ports: try? channel.send(.ports(ListeningPorts.of(program)))
        case .connect(let port):
            let file = try? FileDescriptor.open("/proc/\(program)/ns/net", O_RDONLY)
            let socket = file.map { file in
                let first = sampan_connect_in_network(file.raw, Int32(port), 0)
                return first >= 0 ? first : sampan_connect_in_network(file.raw, Int32(port), 1)
            }
            guard let socket, socket >= 0 else {
                try? channel.send(.refused(errno))
                return
            }
            let connection = FileDescriptor(owning: socket)
            try? channel.send(.connected)
            try? UnixSocket.send(connection, over: channel.socket)
        }
    }
}

/// Where the processes of a sandbox listen.
enum ListeningPorts {
    /// TCP ports in the network of a process, in order.
    static func of(_ process: Int32) -> [UInt16] {
        var ports: Set<UInt16> = []
        for name in ["tcp", "tcp6"] {
            let bytes = (try? WholeFile.read("/proc/\(process)/net/\(name)", limit: 16 << 20)) ?? []
            for line in bytes.split(separator: 0x0a).dropFirst() {
                let fields = line.split(separator: 0x20)
                // 0A is the state of a socket that listens.
                guard fields.count > 3, fields[3].elementsEqual("0A".utf8) else { continue }
                let local = fields[1].split(separator: UInt8(ascii: ":"))
                if let last = local.last, let port = UInt16(String(decoding: last, as: UTF8.self), radix: 16) {
                    ports.insert(port)
                }
            }
        }
        return ports.sorted()
    }
}
