// https://docs.kernel.org/admin-guide/binfmt-misc.html
internal import Core

/// A program that the kernel is to start for all programs of an architecture, in one sandbox.
package struct BinaryHandler: Codable, Equatable, Sendable {
    /// The platform of the programs, for messages.
    var platform: String
    /// The architecture, in QEMU's words.
    var name: String
    package var emulator: Emulator
    var magic: [UInt8]
    var mask: [UInt8]

    init(_ platform: Platform, _ machine: MachineFormat, _ emulator: Emulator) {
        self.platform = platform.description
        name = machine.name
        self.emulator = emulator
        (magic, mask) = (machine.magic, machine.mask)
    }

    /// What to write to the kernel's `register` file.
    ///
    /// F: the kernel opens the emulator now, so that the image needs nothing. C: a set-uid program keeps its owner's
    /// rights. P: a program is told the name that it was called by.
    var registration: String {
        // A separator that no sensible path has in it.
        let separator = "\u{1f}"
        let fields = ["qemu-" + name, "M", "0", Self.escaped(magic), Self.escaped(mask), emulator.path, flags]
        return separator + fields.joined(separator: separator)
    }

    private var flags: String { emulator.takesName ? "FCP" : "FC" }

    private static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
