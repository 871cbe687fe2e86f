// https://www.qemu.org/docs/master/user/main.html
private import Glibc
private import HostOS

/// QEMU for programs of one architecture.
package struct Emulator: Codable, Equatable, Sendable {
    /// An absolute path.
    package var path: String
    /// It hands on the name that a program was called by when the kernel tells it.
    package var takesName: Bool

    package init(path: String, takesName: Bool) {
        self.path = path
        self.takesName = takesName
    }

    /// The first of these programs in PATH that works in a sandbox: a linked one would look for its libraries there.
    package static func find(_ names: [String]) -> Emulator? {
        for name in names {
            guard let path = try? ProgramPath.find(name), path.hasPrefix("/"), isStatic(path),
                let version = majorVersion(path)
            else { continue }
            return Emulator(path: path, takesName: version >= firstThatTakesNames)
        }
        return nil
    }

    private static let firstThatTakesNames = 6

    static func isStatic(_ path: String) -> Bool {
        guard let file = try? FileDescriptor.open(path, O_RDONLY) else { return false }
        func read(_ offset: Int64, _ count: Int) -> [UInt8] { ProgramCheck.read(file, at: offset, count: count) }
        let head = read(0, 4096)
        return head.starts(with: [0x7f, 0x45, 0x4c, 0x46]) && ProgramCheck.loader(head, read: read) == nil
    }

    /// The first number of the version that it prints; nil when it doesn't run here.
    private static func majorVersion(_ path: String) -> Int? {
        let asked = ChildProcess.Options(path, ["--version"])
        guard let said = try? ChildProcess.capture(asked, limit: 1 << 16, timeout: .seconds(10)),
            said.status.isSuccess
        else { return nil }
        return majorVersion(said.output)
    }

    /// Of `NAME version NUMBER.…`; 0 when there is no number.
    static func majorVersion(_ output: [UInt8]) -> Int {
        let words = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard let word = words.firstIndex(of: "version"), word + 1 < words.count else { return 0 }
        return Int(words[word + 1].prefix { $0.isNumber }) ?? 0
    }
}
