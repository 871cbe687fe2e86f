// https://man7.org/linux/man-pages/man5/deb.5.html
package import Archive

/// Makes Debian packages for tests, byte by byte: the same input always gives the same package.
package struct DebFile {
    /// One member of data.tar.
    package struct Member {
        package var header: TarHeader
        package var content: [UInt8]

        package init(_ header: TarHeader, content: [UInt8] = []) {
            self.header = header
            self.header.size = Int64(content.count)
            self.content = content
        }

        /// A regular file; the path is written with `./` first, as dpkg-deb does.
        package static func file(_ path: String, _ text: String, mode: UInt32 = 0o644) -> Member {
            Member(TarHeader(name: Array("./\(path)".utf8), kind: .file, mode: mode), content: Array(text.utf8))
        }

        package static func directory(_ path: String, mode: UInt32 = 0o755) -> Member {
            Member(TarHeader(name: Array("./\(path)/".utf8), kind: .directory, mode: mode))
        }

        package static func symlink(_ path: String, to target: String) -> Member {
            Member(
                TarHeader(name: Array("./\(path)".utf8), kind: .symlink, linkName: Array(target.utf8), mode: 0o777))
        }

        package static func hardlink(_ path: String, to target: String) -> Member {
            Member(
                TarHeader(name: Array("./\(path)".utf8), kind: .hardlink, linkName: Array("./\(target)".utf8)))
        }
    }

    /// The control stanza, with or without a line feed at its end.
    package var control: String
    package var members: [Member]
    /// Further files of control.tar by name: maintainer scripts, md5sums, conffiles, triggers.
    package var controlFiles: [(name: String, text: String)]
    /// Whether directories on the way to members are added, as dpkg-deb has them; scripts get mode 0755 anyway.
    package var addsParents = true

    package init(control: String, members: [Member] = [], controlFiles: [(name: String, text: String)] = []) {
        self.control = control
        self.members = members
        self.controlFiles = controlFiles
    }

    /// A package with the fields that every package has.
    /// - Parameter fields: further lines of the stanza, such as `Depends: libc6`.
    package init(
        _ name: String, version: String = "1.0-1", architecture: String = "amd64", fields: [String] = [],
        members: [Member] = [], controlFiles: [(name: String, text: String)] = []
    ) {
        let lines =
            [
                "Package: \(name)", "Version: \(version)", "Architecture: \(architecture)",
                "Maintainer: Test <test@example.org>",
            ] + fields + ["Description: \(name) for tests"]
        self.init(control: lines.joined(separator: "\n"), members: members, controlFiles: controlFiles)
    }

    /// The package, with gzip members.
    package var bytes: [UInt8] {
        get throws {
            Self.archive([
                ("debian-binary", Array("2.0\n".utf8)),
                ("control.tar.gz", try Self.gzip(controlTar)),
                ("data.tar.gz", try Self.gzip(dataTar)),
            ])
        }
    }

    /// control.tar, uncompressed.
    package var controlTar: [UInt8] {
        get throws {
            var files = [Member(TarHeader(name: Array("./".utf8), kind: .directory, mode: 0o755))]
            files.append(.file("control", control.hasSuffix("\n") ? control : control + "\n"))
            for file in controlFiles {
                let isScript = ["preinst", "postinst", "prerm", "postrm", "config"].contains(file.name)
                files.append(.file(file.name, file.text, mode: isScript ? 0o755 : 0o644))
            }
            return try Self.tar(files)
        }
    }

    /// data.tar, uncompressed.
    package var dataTar: [UInt8] {
        get throws {
            var all = [Member(TarHeader(name: Array("./".utf8), kind: .directory, mode: 0o755))]
            var seen: Set<[UInt8]> = []
            for member in members where addsParents {
                if member.header.kind == .directory { seen.insert(Array(member.header.name.dropLast())) }
            }
            for member in members {
                if addsParents { all += Self.parents(of: member.header.name, &seen) }
                all.append(member)
            }
            return try Self.tar(all)
        }
    }

    private static func parents(of name: [UInt8], _ seen: inout Set<[UInt8]>) -> [Member] {
        var out: [Member] = []
        for (index, byte) in name.enumerated().dropFirst(2) where byte == UInt8(ascii: "/") && index < name.count - 1 {
            guard seen.insert(Array(name[..<index])).inserted else { continue }
            out.append(Member(TarHeader(name: Array(name[...index]), kind: .directory, mode: 0o755)))
        }
        return out
    }

    /// A tar archive of members as they are.
    package static func tar(_ members: [Member]) throws -> [UInt8] {
        var out: [UInt8] = []
        for member in members {
            try TarWriter.append(member.header, to: &out)
            out += member.content
            out += [UInt8](repeating: 0, count: TarWriter.padding(after: Int64(member.content.count)))
        }
        return out + TarWriter.end
    }

    /// An ar archive of members.
    package static func archive(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var out = Array("!<arch>\n".utf8)
        for member in members {
            for (text, width) in [
                (member.name, 16), ("0", 12), ("0", 6), ("0", 6), ("100644", 8), (String(member.bytes.count), 10),
            ] {
                out += Array(text.utf8) + [UInt8](repeating: 0x20, count: max(0, width - text.utf8.count))
            }
            out += [0x60, 0x0a]
            out += member.bytes
            if member.bytes.count % 2 != 0 { out.append(0x0a) }
        }
        return out
    }

    /// gzip data without a time stamp.
    package static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        try bytes.withUnsafeBytes { try GzipMember.compress($0, level: 6) }
    }
}
