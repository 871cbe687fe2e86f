// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar and pax)
// https://www.gnu.org/software/tar/manual/html_node/Standard.html (GNU)
package import Core
package import HostOS

/// An extended attribute of a file.
package struct ExtendedAttribute: Hashable, Sendable, Comparable {
    /// With its namespace, such as `security.capability`.
    package var name: String
    package var value: [UInt8]

    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package static func < (left: ExtendedAttribute, right: ExtendedAttribute) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}

/// What a tar archive says of one member.
package struct TarHeader: Sendable, Equatable {
    package enum Kind: Sendable, Hashable {
        case file, hardlink, symlink, directory, characterDevice, blockDevice, fifo
    }

    /// The name as the archive has it: untrusted bytes, maybe absolute, maybe with `..`. See ``checkedPath()``.
    package var name: [UInt8]
    package var kind: Kind
    /// Target of a symbolic link, or the name of the member that a hard link names.
    package var linkName: [UInt8]
    /// Permission bits with setuid, setgid and sticky.
    package var mode: UInt32
    package var uid: UInt32
    package var gid: UInt32
    /// Bytes of content that follow; 0 for all but files.
    package var size: Int64
    package var modified: FileTime
    package var deviceMajor: UInt32
    package var deviceMinor: UInt32
    /// In byte order of their names.
    package var attributes: [ExtendedAttribute]
    /// Where the content starts in the uncompressed stream.
    package var contentOffset: Int64

    package init(
        name: [UInt8], kind: Kind, linkName: [UInt8] = [], mode: UInt32 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0,
        size: Int64 = 0, modified: FileTime = FileTime(seconds: 0), deviceMajor: UInt32 = 0, deviceMinor: UInt32 = 0,
        attributes: [ExtendedAttribute] = [], contentOffset: Int64 = 0
    ) {
        self.name = name
        self.kind = kind
        self.linkName = linkName
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.size = size
        self.modified = modified
        self.deviceMajor = deviceMajor
        self.deviceMinor = deviceMinor
        self.attributes = attributes
        self.contentOffset = contentOffset
    }

    /// The name as a path inside the root: leading slashes and `.` vanish.
    /// - Throws: ``TarProblem/climbs(name:)`` when a `..` leads above the root at any point.
    package func checkedPath() throws -> BytePath { try Self.checkedPath(name, offset: contentOffset) }

    /// Likewise for the name that a hard link refers to.
    package func checkedLinkPath() throws -> BytePath { try Self.checkedPath(linkName, offset: contentOffset) }

    private static func checkedPath(_ name: [UInt8], offset: Int64) throws -> BytePath {
        if let path = plainPath(name) { return path }
        var depth = 0
        for part in name.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual([UInt8(ascii: ".")]) { continue }
            if part.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
                depth -= 1
                guard depth >= 0 else {
                    throw ArchiveError.tar(
                        .climbs(name: String(decoding: name.prefix(300), as: UTF8.self)), offset: offset)
                }
                continue
            }
            depth += 1
            guard part.count <= 255 else { throw ArchiveError.tar(.nameTooLong(limit: 255), offset: offset) }
        }
        return BytePath(cleaning: name)
    }

    /// The path of a name as nearly all are, found in one pass: nothing but components of a fair length between single
    /// slashes, with or without `./` before them.
    private static func plainPath(_ name: [UInt8]) -> BytePath? {
        name.withUnsafeBufferPointer { bytes in
            let slash = UInt8(ascii: "/")
            let dot = UInt8(ascii: ".")
            let first = bytes.count > 2 && bytes[0] == dot && bytes[1] == slash ? 2 : 0
            var start = first
            for index in first...bytes.count where index == bytes.count || bytes[index] == slash {
                let length = index - start
                guard length > 0, length <= 255 else { return nil }
                if bytes[start] == dot, length == 1 || (length == 2 && bytes[start + 1] == dot) { return nil }
                start = index + 1
            }
            return BytePath(normalized: first == 0 ? name : Array(bytes[first...]))
        }
    }
}

/// How much a tar reader takes from an archive that it does not trust.
package struct TarLimits: Sendable {
    /// Bytes of one extended header (pax records or a long name).
    package var extendedHeader = 1 << 20
    /// Extended headers before one member.
    package var extendedHeaders = 16
    /// Bytes of a name or link target, as the kernel takes them.
    package var name = 4096

    package init() {}
}
