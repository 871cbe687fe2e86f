// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
// https://docs.kernel.org/admin-guide/binfmt-misc.html

/// How ELF programs of an architecture begin, and what QEMU calls it.
struct MachineFormat: Equatable, Sendable {
    /// QEMU's name.
    var name: String
    /// Words of 64 bits rather than 32.
    var isWide: Bool
    var isBigEndian: Bool
    /// `e_machine`.
    var number: UInt16

    /// By the name that images have for an architecture; nil for those without an emulator.
    static func of(_ architecture: String) -> MachineFormat? { all[architecture] }

    static let all: [String: MachineFormat] = [
        "amd64": .init("x86_64", 62), "arm64": .init("aarch64", 183), "arm": .init("arm", 40, isWide: false),
        "386": .init("i386", 3, isWide: false), "riscv64": .init("riscv64", 243), "ppc64le": .init("ppc64le", 21),
        "s390x": .init("s390x", 22, isBigEndian: true), "mips64le": .init("mips64el", 8),
        "loong64": .init("loongarch64", 258),
    ]

    private init(_ name: String, _ number: UInt16, isWide: Bool = true, isBigEndian: Bool = false) {
        self.name = name
        self.number = number
        self.isWide = isWide
        self.isBigEndian = isBigEndian
    }

    /// What its emulator is called. The second name is that of systems whose only build of it is a static one.
    var programs: [String] { ["qemu-\(name)-static", "qemu-" + name] }

    /// The first bytes of its programs: the identification, `e_type` 2 (executable) and `e_machine`.
    var magic: [UInt8] {
        let identification: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, isWide ? 2 : 1, isBigEndian ? 2 : 1, 1]
        return identification + [UInt8](repeating: 0, count: 9) + half(2) + half(number)
    }

    /// The bits of ``magic`` that count: any system's ABI, and `e_type` 3 (position-independent) as well as 2.
    var mask: [UInt8] {
        [UInt8](repeating: 0xff, count: 7) + [UInt8](repeating: 0, count: 9) + half(0xfffe) + half(0xffff)
    }

    private func half(_ value: UInt16) -> [UInt8] {
        let bytes = [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        return isBigEndian ? bytes.reversed() : bytes
    }
}
