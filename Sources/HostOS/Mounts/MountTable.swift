// proc_pid_mountinfo(5)

/// One mount as the kernel lists it.
package struct MountPoint: Hashable, Sendable {
    package var id: Int
    package var parent: Int
    /// The directory of the file system that is mounted.
    package var root: String
    package var target: String
    package var type: String
    package var source: String
    package var options: [String]
    package var superOptions: [String]
}

/// The mounts of this process's namespace.
package enum MountTable {
    package static func read() throws(SystemError) -> [MountPoint] {
        parse(try WholeFile.read("/proc/self/mountinfo"))
    }

    /// Lines that are not of the documented form are left out.
    static func parse(_ bytes: [UInt8]) -> [MountPoint] {
        bytes.split(separator: 0x0a).compactMap { line in
            let fields = line.split(separator: 0x20)
            guard fields.count >= 10, let dash = fields.firstIndex(where: { $0.elementsEqual([0x2d]) }), dash >= 6,
                fields.count > dash + 3, let id = Int(text(fields[0])), let parent = Int(text(fields[1]))
            else { return nil }
            return MountPoint(
                id: id, parent: parent, root: unescape(fields[3]), target: unescape(fields[4]),
                type: text(fields[dash + 1]), source: unescape(fields[dash + 2]),
                options: text(fields[5]).split(separator: ",").map(String.init),
                superOptions: text(fields[dash + 3]).split(separator: ",").map(String.init))
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Blanks and backslashes are written as three octal digits.
    private static func unescape(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == 0x5c, bytes.endIndex - index > 3,
                let value = UInt8(text(bytes[(index + 1)...(index + 3)]), radix: 8)
            {
                out.append(value)
                index += 4
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
