// https://docs.kernel.org/admin-guide/binfmt-misc.html
package import Core
private import HostOS

/// Running programs of another architecture.
///
/// A handler that the host has registered and keeps open serves every sandbox. Where there is none, a sandbox gets a
/// handler of its own: since Linux 6.7 each user namespace may have some, which nobody outside of it sees.
package enum Emulation {
    package enum Status: Equatable, Sendable {
        /// The machine runs such programs itself.
        case native
        /// A handler of the host runs them. `isFixed` tells that the kernel keeps it open, so that it need not be in
        /// the image.
        case registered(handler: String, isFixed: Bool)
        /// A sandbox that brings this handler runs them.
        case own(BinaryHandler)
        /// Nothing runs them.
        case missing(EmulationObstacle)
    }

    /// The handler that a sandbox for programs of a platform must bring; nil when it needs none.
    package static func handler(for platform: Platform) throws(SandboxError) -> BinaryHandler? {
        switch status(for: platform) {
        case .native, .registered: nil
        case .own(let handler): handler
        case .missing(let obstacle): throw .cannotEmulate(platform: platform.description, obstacle)
        }
    }

    /// - Parameters:
    ///   - directory: where the kernel lists the handlers of the host.
    ///   - kernel: the kernel's release, as uname(2) gives it.
    ///   - find: looks for an emulator among the files that may be one, named as in PATH.
    package static func status(
        for platform: Platform, host: Platform = .host, directory: String = "/proc/sys/fs/binfmt_misc",
        kernel: String = KernelRelease.running, find: ([String]) -> Emulator? = Emulator.find
    ) -> Status {
        if platform.runs(on: host) { return .native }
        guard platform.os == host.os, let machine = MachineFormat.of(platform.architecture) else {
            return .missing(.unknownPlatform)
        }
        let registered = registered(machine, directory)
        if let registered, case .registered(_, isFixed: true) = registered { return registered }
        guard KernelRelease(kernel) >= .privateHandlers else {
            return registered ?? .missing(.oldKernel(release: kernel, program: machine.programs[0]))
        }
        guard let emulator = find(machine.programs) else {
            return registered ?? .missing(.noEmulator(program: machine.programs[0]))
        }
        return .own(BinaryHandler(platform, machine, emulator))
    }

    private static func registered(_ machine: MachineFormat, _ directory: String) -> Status? {
        for file in ["qemu-" + machine.name, machine.name] {
            guard let bytes = try? WholeFile.read("\(directory)/\(file)", limit: 1 << 16) else { continue }
            if let status = parse(String(decoding: bytes, as: UTF8.self)) { return status }
        }
        return nil
    }

    /// Nil when the handler is switched off.
    private static func parse(_ text: String) -> Status? {
        let lines = text.split(separator: "\n")
        guard lines.first == "enabled", let handler = lines.first(where: { $0.hasPrefix("interpreter ") }) else {
            return nil
        }
        let flags = lines.first { $0.hasPrefix("flags:") }?.dropFirst(6) ?? ""
        return .registered(handler: String(handler.dropFirst(12)), isFixed: flags.contains("F"))
    }
}

/// The first two numbers of a kernel's release.
package struct KernelRelease: Comparable, Sendable {
    var major: Int
    var minor: Int

    /// The first release whose user namespaces have handlers of their own.
    static let privateHandlers = KernelRelease("6.7")

    /// The release of the running kernel as it names itself; empty when it cannot be read.
    package static var running: String {
        let bytes = (try? WholeFile.read("/proc/sys/kernel/osrelease", limit: 4096)) ?? []
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }

    /// Text without a number counts as release 0.
    init(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2)
        func number(_ index: Int) -> Int { parts.count > index ? Int(parts[index].prefix { $0.isNumber }) ?? 0 : 0 }
        (major, minor) = (number(0), number(1))
    }

    package static func < (one: KernelRelease, other: KernelRelease) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }
}
