// https://man7.org/linux/man-pages/man5/deb.5.html
package import Core
package import Inventory
package import Layers

/// A binary package: what its control archive says, and its files as entries whose contents lie in a file on disk.
package struct DebPackage: Sendable {
    /// The scripts that dpkg runs before and after it installs or removes a package, and debconf's.
    package enum Script: String, Sendable, CaseIterable {
        case preinst, postinst, prerm, postrm, config
    }

    package let control: Control
    package let name: String
    package let version: DebianVersion
    package let architecture: String
    /// Configuration files, which dpkg asks about before it replaces them.
    package let conffiles: [BytePath]
    /// Lines of an MD5 sum in hexadecimal, two spaces and a path; empty when the package has none.
    package let md5sums: [UInt8]
    package let scripts: [Script: [UInt8]]
    package let triggers: [UInt8]
    /// Every other file of the control archive, such as debconf's templates and lists of symbols, by name in byte order.
    package let otherControlFiles: [(name: String, bytes: [UInt8])]
    /// The package's files. Paths are as the package has them; owners are the numbers that it gives, which for Debian's
    /// packages are those of base-passwd.
    package let contents: LayerContents

    /// What the names of its files in dpkg's database begin with. A package that may be installed for several
    /// architectures at once carries its own.
    package var databaseName: String { control["Multi-Arch"] == "same" ? "\(name):\(architecture)" : name }

    package init(
        control: Control, conffiles: [BytePath] = [], md5sums: [UInt8] = [], scripts: [Script: [UInt8]] = [:],
        triggers: [UInt8] = [], otherControlFiles: [(name: String, bytes: [UInt8])] = [], contents: LayerContents
    ) throws {
        self.control = control
        name = try Self.checked(control, "Package") {
            $0.utf8.count > 1 && $0.utf8.allSatisfy(Self.isNameByte) && Self.isAlphanumeric($0.utf8.first)
        }
        let version = try Self.checked(control, "Version") { !$0.isEmpty }
        do {
            self.version = try DebianVersion(version)
        } catch {
            throw DebError.field("Version", value: version)
        }
        architecture = try Self.checked(control, "Architecture") {
            !$0.isEmpty && $0.utf8.allSatisfy(Self.isNameByte)
        }
        self.conffiles = conffiles
        self.md5sums = md5sums
        self.scripts = scripts
        self.triggers = triggers
        self.otherControlFiles = otherControlFiles
        self.contents = contents
    }

    private static func checked(
        _ control: Control, _ field: String, _ isRight: (String) -> Bool
    ) throws -> String {
        guard let value = control[field] else { throw DebError.missingField(field) }
        guard isRight(value) else { throw DebError.field(field, value: value) }
        return value
    }

    /// Names end up in paths of files, so what Debian's policy does not allow in them is refused.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func isAlphanumeric(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return isNameByte(byte) && ![UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
    }
}
