import Core
import Glibc
import HostOS
import Policy

/// The file that a first policy goes to.
struct PolicyPlace {
    private let path: String
    /// What stands there already.
    private let old: [UInt8]

    /// - Throws: when it has a policy, or is none that can be read.
    init(_ path: String) throws {
        self.path = path
        guard try FileInfo.of(path, followLinks: true) != nil else {
            old = []
            return
        }
        guard try SettingsFile.read(path)?.policy == nil else {
            throw Diagnostic(
                code: "check.policy-exists", "'\(path)' has a policy already",
                hint: "take it out first, or name another file with --policy")
        }
        old = try WholeFile.read(path, limit: 1 << 20)
    }

    /// Puts the policy behind what is there.
    func write(_ text: String) throws {
        var bytes = old
        if let last = bytes.last, last != 0x0a { bytes.append(0x0a) }
        if !bytes.isEmpty { bytes.append(0x0a) }
        try AtomicFile.write(bytes + Array(text.utf8), to: path)
    }
}
