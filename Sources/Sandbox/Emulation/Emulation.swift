// https://docs.kernel.org/admin-guide/binfmt-misc.html
package import Core
private import HostOS

/// Running programs of another architecture through a handler that the kernel knows.
package enum Emulation {
    package enum Status: Equatable, Sendable {
        /// The machine runs such programs itself.
        case native
        /// A handler runs them. `isFixed` tells that the kernel keeps it open, so that it need not be in the image.
        case emulated(handler: String, isFixed: Bool)
        /// Nothing runs them; the hint says what to install.
        case missing(hint: String)
    }

    /// - Parameter directory: where the kernel lists its handlers.
    package static func status(
        for platform: Platform, host: Platform = .host, directory: String = "/proc/sys/fs/binfmt_misc"
    ) -> Status {
        if platform.runs(on: host) { return .native }
        guard platform.os == host.os, let name = names[platform.architecture] else {
            return .missing(hint: "\(platform) programs cannot run on \(host)")
        }
        for file in ["qemu-" + name, name] {
            guard let bytes = try? WholeFile.read("\(directory)/\(file)", limit: 1 << 16) else { continue }
            if let status = parse(String(decoding: bytes, as: UTF8.self)) { return status }
        }
        return .missing(
            hint: "install qemu-user-static and binfmt-support on the host, so that the kernel knows a handler")
    }

    /// QEMU's names of architectures.
    private static let names = [
        "amd64": "x86_64", "arm64": "aarch64", "arm": "arm", "386": "i386", "riscv64": "riscv64",
        "ppc64le": "ppc64le", "s390x": "s390x", "mips64le": "mips64el", "loong64": "loongarch64",
    ]

    /// Nil when the handler is switched off.
    private static func parse(_ text: String) -> Status? {
        let lines = text.split(separator: "\n")
        guard lines.first == "enabled", let handler = lines.first(where: { $0.hasPrefix("interpreter ") }) else {
            return nil
        }
        let flags = lines.first { $0.hasPrefix("flags:") }?.dropFirst(6) ?? ""
        return .emulated(handler: String(handler.dropFirst(12)), isFixed: flags.contains("F"))
    }
}
