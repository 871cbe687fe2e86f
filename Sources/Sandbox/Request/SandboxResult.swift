package import HostOS

/// How a program in a sandbox ended.
package struct SandboxResult: Codable, Sendable {
    package var status: ExitStatus
    /// Of the program and the children it waited for.
    package var usage: ResourceUsage
    /// True when ``SandboxRun/cancel(grace:)`` was called before the end.
    package var canceled: Bool
    /// What it asked for, when the request asked for that.
    package var trace: ObservedTrace?
}

/// The standard streams of a program; nil is the null device.
package struct SandboxStdio: Sendable {
    package var input: FileDescriptor?
    package var output: FileDescriptor?
    package var error: FileDescriptor?

    package init(input: FileDescriptor? = nil, output: FileDescriptor? = nil, error: FileDescriptor? = nil) {
        self.input = input
        self.output = output
        self.error = error
    }
}
