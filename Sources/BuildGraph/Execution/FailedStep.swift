import Core
import FoundationEssentials
import HostOS

/// What it takes to enter the file system that a failed RUN left.
package struct FailedStep: Codable, Sendable {
    /// Directories, lowest first; the last holds the changes of the failed program.
    package var layers: [String]
    package var environment: [String]
    package var directory: String
    package var uid: UInt32
    package var gid: UInt32
    /// The program that failed.
    package var arguments: [String]

    private static let suffix = ".step.json"

    /// Keeps it beside the step's log.
    package func save(next log: String) throws {
        try AtomicFile.write(Array(JSONEncoder().encode(self)), to: log + Self.suffix, mode: 0o600)
    }

    /// Finds a failed step by the beginning of its key, or the newest one for an empty beginning.
    ///
    /// - Parameter logs: the store's directory of logs.
    package static func find(_ prefix: String, logs: String) throws -> FailedStep {
        let names =
            (try? Directory.names(FileDescriptor.open(logs, 0o200000)))?.map { String(decoding: $0, as: UTF8.self) }
            ?? []
        let found = names.filter { $0.hasSuffix(suffix) && $0.hasPrefix(prefix) }
        let newest = try found.max { left, right in
            let times = try [left, right].map { try FileInfo.of(logs + "/" + $0)?.modified ?? FileTime(seconds: 0) }
            return times[0] < times[1]
        }
        guard let newest else {
            throw Diagnostic(
                code: "step.unknown", "there is no failed step '\(prefix)'",
                hint: "a failed build names its step in the last line")
        }
        return try JSONDecoder().decode(FailedStep.self, from: Data(WholeFile.read(logs + "/" + newest)))
    }
}
