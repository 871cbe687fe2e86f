// elf(5); the numbers of the calls are those of the kernel's tables
import Core
import HostOS

@testable import Sandbox

/// Static programs of some hundred bytes, for any architecture that has an emulator.
enum ForeignProgram {
    /// Machine code that ends with exit code 42.
    static let ending: [String: [UInt8]] = [
        "amd64": [0xbf, 42, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05],
        "386": [0xbb, 42, 0, 0, 0, 0xb8, 1, 0, 0, 0, 0xcd, 0x80],
        "arm64": [0x40, 0x05, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4],
        "arm": [42, 0x00, 0xa0, 0xe3, 1, 0x70, 0xa0, 0xe3, 0x00, 0x00, 0x00, 0xef],
        "riscv64": [0x13, 0x05, 0xa0, 0x02, 0x93, 0x08, 0xd0, 0x05, 0x73, 0x00, 0x00, 0x00],
        "ppc64le": [42, 0x00, 0x60, 0x38, 1, 0x00, 0x00, 0x38, 0x02, 0x00, 0x00, 0x44],
        "s390x": [0xa7, 0x29, 0, 42, 0x0a, 1],
        "mips64le": [42, 0x00, 0x04, 0x24, 0xc2, 0x13, 0x02, 0x24, 0x0c, 0x00, 0x00, 0x00],
        "loong64": [0x04, 0xa8, 0x80, 0x02, 0x0b, 0x74, 0x81, 0x02, 0x00, 0x00, 0x2b, 0x00],
    ]

    /// The architecture that tests of a single one use: never this machine's.
    static let architecture = Platform.host.architecture == "arm64" ? "amd64" : "arm64"

    /// Machine code of ``architecture`` whose exit code is its effective user's id.
    static let tellingUser: [UInt8] =
        architecture == "amd64"
        ? [0xb8, 107, 0, 0, 0, 0x0f, 0x05, 0x89, 0xc7, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]
        : [
            0xe8, 0x15, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4, 0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4,
        ]

    /// An executable file with this code.
    static func file(_ architecture: String, _ code: [UInt8]) throws -> [UInt8] {
        guard let machine = MachineFormat.of(architecture) else {
            throw SystemError(22, "make a program", architecture)
        }
        func field(_ value: UInt64, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
            return machine.isBigEndian ? bytes.reversed() : bytes
        }
        let word = machine.isWide ? 8 : 4
        let (header, segment) = machine.isWide ? (64, 56) : (52, 32)
        let base: UInt64 = 0x40_0000
        let size = UInt64(header + segment + code.count)
        var out = machine.magic + field(1, 4)
        out += field(base + UInt64(header + segment), word) + field(UInt64(header), word) + field(0, word)
        // ELFv2 for ppc64le, no flags that matter for the others.
        out += field(architecture == "ppc64le" ? 2 : architecture == "arm" ? 0x0500_0000 : 0, 4)
        for value in [header, segment, 1, 0, 0, 0] { out += field(UInt64(value), 2) }
        // Load the whole file, readable and executable.
        let place = field(0, word) + field(base, word) + field(base, word) + field(size, word) + field(size, word)
        out += field(1, 4) + (machine.isWide ? field(5, 4) + place : place + field(5, 4)) + field(0x1000, word)
        return out + code
    }
}
