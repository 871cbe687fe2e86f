// https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
private import Glibc

/// Finds the names of licenses in the copyright file of a Debian package.
enum DebianCopyright {
    /// Names that are told of at most.
    private static let limit = 100

    /// Short names as the file has them, and the common licenses that it points to, in their order without repeats.
    static func licenses(_ content: [UInt8]) -> [String] {
        var found: Set<String> = []
        for line in Lines(content) where found.count < limit {
            if let value = line.value(after: "License:") {
                // A name may stand for several: `GPL-2+ and BSD-3-clause`.
                if !value.isEmpty, value.utf8.count <= 200 { found.insert(value) }
            } else if let name = commonLicense(in: line) {
                found.insert(name)
            }
        }
        return found.sorted()
    }

    /// The same names in a text that is as short as can be, and that gives them again.
    static func condensed(_ content: [UInt8]) -> [UInt8] {
        Array(licenses(content).map { "License: " + $0 + "\n" }.joined().utf8)
    }

    private static let directory = Array("/common-licenses/".utf8)

    private static func commonLicense(in line: ArraySlice<UInt8>) -> String? {
        let found = line.withUnsafeBytes { bytes -> Int? in
            guard bytes.count > directory.count, let first = bytes.baseAddress else { return nil }
            return (0..<bytes.count - directory.count).first { place in
                bytes[place] == directory[0] && memcmp(first + place, directory, directory.count) == 0
            }
        }
        guard let start = found.map({ line.startIndex + $0 + directory.count }) else { return nil }
        let name = line[start...].prefix { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || "-.+".utf8.contains(byte)
        }
        var text = name.text
        while text.last == "." { text.removeLast() }
        return text.isEmpty ? nil : text
    }
}
