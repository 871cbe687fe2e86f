// https://manpages.debian.org/bookworm/dpkg/dpkg-query.1.en.html, and the status.d directory of distroless images
internal import Core
internal import Debian

/// What scanners read to know a package that no dpkg installed: a file a package in /var/lib/dpkg/status.d.
enum PackageStatus {
    static let directory: BytePath = "var/lib/dpkg/status.d"

    static func stanzaPath(_ package: DebPackage) -> BytePath { directory.appending(package.name) }

    static func md5sumsPath(_ package: DebPackage) -> BytePath { directory.appending(package.name + ".md5sums") }

    /// The control stanza with the state that dpkg writes behind the name. Scanners take a stanza without one as
    /// installed too; programs that read dpkg's own file want it.
    static func stanza(_ package: DebPackage) -> [UInt8] {
        var text = ""
        for (name, value) in package.control.fields where name.lowercased() != "status" {
            text += "\(name): \(value)\n"
            if name.lowercased() == "package" { text += "Status: install ok installed\n" }
        }
        return Array(text.utf8)
    }

    /// The package's list of sums, with the files that are in the image under their names there.
    /// - Parameter finalPath: where a file of the package is; nil when it isn't in the image as the package has it.
    static func md5sums(_ package: DebPackage, finalPath: (BytePath) -> BytePath?) -> [UInt8] {
        var out: [UInt8] = []
        for line in package.md5sums.split(separator: UInt8(ascii: "\n")) {
            // 32 digits, a space, a space or an asterisk, the path.
            guard line.count > 34, line.prefix(32).allSatisfy(isHex),
                let path = finalPath(BytePath(cleaning: line.dropFirst(34)))
            else { continue }
            out += line.prefix(32)
            out += [UInt8(ascii: " "), UInt8(ascii: " ")]
            out += path.bytes
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x61...0x66 ~= byte || 0x41...0x46 ~= byte
    }
}
