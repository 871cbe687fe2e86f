private import Glibc
private import HostOS

/// Runs programs of the system that a test compares with.
package enum Shell {
    /// Runs a command line with /bin/sh and gives its standard output.
    /// - Throws: ``Failure`` with the status when it is not 0.
    @discardableResult
    package static func run(_ command: String) throws -> String {
        guard let pipe = popen(command, "r") else { throw SystemError(errno, "run", command) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output.append(contentsOf: buffer[..<count])
        }
        let status = pclose(pipe)
        guard status == 0 else { throw Failure(command: command, status: status) }
        return String(decoding: output, as: UTF8.self)
    }

    package struct Failure: Error {
        package let command: String
        package let status: Int32
    }
}
