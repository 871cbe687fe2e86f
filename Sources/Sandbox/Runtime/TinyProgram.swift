// elf(5); the calls' numbers are those of exit in the kernel's tables

/// A static program of some hundred bytes that ends at once with ``exitCode``: what a probe runs.
enum TinyProgram {
    static let exitCode: Int32 = 42

    static var bytes: [UInt8] {
        let entry: UInt64 = base + UInt64(headerSize)
        let size = UInt64(headerSize + code.count)
        var out: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        // An executable of this machine, with one program header right after the file header.
        out += little(2, 2) + little(machine, 2) + little(1, 4)
        out += little(entry, 8) + little(64, 8) + little(0, 8)
        out += little(0, 4) + little(64, 2) + little(56, 2) + little(1, 2) + little(0, 2) + little(0, 2) + little(0, 2)
        // Load the whole file, readable and executable.
        out += little(1, 4) + little(5, 4) + little(0, 8) + little(base, 8) + little(base, 8)
        out += little(size, 8) + little(size, 8) + little(0x1000, 8)
        return out + code
    }

    private static let base: UInt64 = 0x40_0000
    private static let headerSize = 64 + 56

    #if arch(x86_64)
        private static let machine: UInt64 = 62
        // mov edi, 42; mov eax, 60; syscall
        private static let code: [UInt8] = [0xbf, 42, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]
    #elseif arch(arm64)
        private static let machine: UInt64 = 183
        // mov x0, #42; mov x8, #93; svc #0
        private static let code: [UInt8] = [0x40, 0x05, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4]
    #else
        #error("add the machine number and code of this architecture")
    #endif

    private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
    }
}
