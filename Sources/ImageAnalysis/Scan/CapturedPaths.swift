internal import Cataloging
internal import Core

/// Which files' contents are kept, because someone judges by them: catalogers, and whoever asks whether a program will
/// start.
enum CapturedPaths {
    /// Bytes of the largest file that is kept for the linker's sake.
    private static let sizeLimit: Int64 = 1 << 20

    private static let exact: Set<BytePath> = [
        "etc/passwd", "etc/group", "etc/nsswitch.conf", "etc/os-release", "usr/lib/os-release", "etc/alpine-release",
        "etc/debian_version", "etc/ld.so.cache", "etc/ld.so.conf", "etc/ld.so.preload", "etc/shells", "etc/timezone",
        "etc/security/limits.conf",
    ]

    static func wants(_ path: BytePath, size: Int64) -> Bool {
        if size <= sizeLimit, isForLinkage(path) { return true }
        return size <= Catalog.sizeLimit && Catalog.wants(path, size: size)
    }

    /// What of a wanted content is kept.
    static func kept(_ path: BytePath, _ content: [UInt8]) -> [UInt8] {
        Int64(content.count) <= sizeLimit && isForLinkage(path) ? content : Catalog.condensed(path, content)
    }

    private static func isForLinkage(_ path: BytePath) -> Bool {
        guard path.bytes.starts(with: Self.etc) || path.bytes.starts(with: Self.usr) else { return false }
        if exact.contains(path) { return true }
        // etc/ld.so.conf.d/*.conf and musl's etc/ld-musl-ARCH.path
        return path.bytes.starts(with: Self.loaderDirectory) || path.bytes.starts(with: Self.muslLoader)
    }

    private static let etc = Array("etc/".utf8)
    private static let usr = Array("usr/lib/os-release".utf8)
    private static let loaderDirectory = Array("etc/ld.so.conf.d/".utf8)
    private static let muslLoader = Array("etc/ld-musl-".utf8)
}
