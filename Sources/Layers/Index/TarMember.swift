// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
internal import Archive
internal import Core

/// What a member of a layer's archive asks for. Everything dangerous about its name is dealt with here:
///
/// - A leading slash and `.` vanish; a `..` that climbs above the root is refused, any other is taken lexically.
/// - `.wh.NAME` hides NAME and `.wh..wh..opq` makes its directory opaque; other names with `.wh..wh.` are left over
///   from AUFS and are skipped with all below them. A whiteout of nothing, `.` or `..`, one used as a directory, and
///   an opaque root are refused.
/// - A character device 0/0 is overlayfs's own whiteout and is refused, as it would hide files without saying so.
/// - Attributes that overlayfs keeps for itself (`trusted.overlay.`, `user.overlay.`) are dropped.
enum TarMember {
    case entry(Entry)
    case hide(BytePath)
    case hideContents(BytePath)
    case skip

    /// - Parameter whiteouts: false for an archive that is no layer, in which `.wh.` means nothing.
    init(_ header: TarHeader, whiteouts: Bool) throws {
        let path = try header.checkedPath()
        if path.isRoot {
            guard header.kind == .directory else {
                throw LayerError.notADirectory(path: "", through: "")
            }
            self = .skip
            return
        }
        if whiteouts, let mark = try Self.mark(path) {
            self = mark
        } else {
            self = .entry(try Self.entry(header, path, whiteouts: whiteouts))
        }
    }

    private static let prefix = Array(".wh.".utf8)
    private static let meta = Array(".wh..wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)

    private static func mark(_ path: BytePath) throws -> TarMember? {
        // Most paths have no such name in them, which one search tells.
        guard path.bytes.contains(UInt8(ascii: ".")) else { return nil }
        let components = path.components
        for component in components.dropLast() where component.starts(with: prefix) {
            if component.starts(with: meta) { return .skip }
            throw LayerError.badWhiteout(name: path.description)
        }
        guard let name = components.last, name.starts(with: prefix) else { return nil }
        if name.elementsEqual(opaque) {
            guard !path.parent.isRoot else { throw LayerError.opaqueRoot }
            return .hideContents(path.parent)
        }
        if name.starts(with: meta) { return .skip }
        let hidden = name.dropFirst(prefix.count)
        guard !hidden.isEmpty, !hidden.elementsEqual([0x2e]), !hidden.elementsEqual([0x2e, 0x2e]) else {
            throw LayerError.badWhiteout(name: path.description)
        }
        return .hide(path.parent.appending(hidden))
    }

    private static func entry(_ header: TarHeader, _ path: BytePath, whiteouts: Bool) throws -> Entry {
        var mode = header.mode
        let kind: Entry.Kind
        switch header.kind {
        case .file: kind = .file
        case .directory: kind = .directory(opaque: false)
        case .symlink:
            kind = .symlink(target: header.linkName)
            mode = 0o777
        case .hardlink: kind = .hardlink(target: try header.checkedLinkPath())
        case .characterDevice:
            guard header.deviceMajor != 0 || header.deviceMinor != 0 else {
                throw LayerError.badWhiteout(name: path.description)
            }
            kind = .characterDevice(major: header.deviceMajor, minor: header.deviceMinor)
        case .blockDevice: kind = .blockDevice(major: header.deviceMajor, minor: header.deviceMinor)
        case .fifo: kind = .fifo
        }
        return Entry(
            path, kind, mode: mode, uid: header.uid, gid: header.gid,
            attributes: header.attributes.filter { !OverlayMarks.isPrivate($0.name) }, modified: header.modified,
            size: header.size)
    }
}

/// How overlayfs marks what a layer hides.
enum OverlayMarks {
    static let trusted = "trusted.overlay."
    static let user = "user.overlay."

    static func isPrivate(_ attribute: String) -> Bool { attribute.hasPrefix(trusted) || attribute.hasPrefix(user) }
}
