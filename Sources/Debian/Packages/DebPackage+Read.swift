// https://man7.org/linux/man-pages/man5/deb.5.html
private import Archive
private import Core
package import HostOS
private import Layers

extension DebPackage {
    /// Bytes of the uncompressed control archive, of which all is held in memory.
    private static let controlLimit = 32 << 20
    /// Bytes of the file `control`.
    private static let stanzaLimit = 1 << 20
    private static let memberLimit = 16

    /// Reads a package.
    /// - Parameters:
    ///   - deb: the package; it is read from its start, whatever its position.
    ///   - tar: where its uncompressed files are appended, at the current position; the entries' contents point there. Any
    ///     number of packages can share one file, read one after another.
    /// - Throws: ``DebError``, ArchiveError, LayerError, SystemError; what was appended then is rubbish.
    package static func read(_ deb: FileDescriptor, into tar: FileDescriptor) throws -> DebPackage {
        let source = SpanSource(deb, offset: 0, length: try deb.info().size, what: "package")
        let reader = try ArReader(source)
        guard let first = try reader.next(), first.name == Array("debian-binary".utf8) else {
            throw DebError.notAPackage
        }
        try checkFormat(reader.content.readAll(limit: 1 << 10, what: "debian-binary"))

        var control: ControlFiles?
        var contents: LayerContents?
        var members = 1
        while let header = try reader.next() {
            members += 1
            let name = String(decoding: header.name, as: UTF8.self)
            // Names with an underscore are kept free for what older programs may pass over, such as signatures.
            if name.hasPrefix("_"), members <= memberLimit { continue }
            if control == nil {
                let compression = try compression(name, "control.tar")
                control = try ControlFiles(compression.decompressing(reader.content), limit: controlLimit)
            } else if contents == nil {
                let compression = try compression(name, "data.tar")
                let source = try compression.decompressing(reader.content)
                contents = try TarIndexer.append(source, to: tar, check: check)
            } else {
                throw DebError.unexpectedMember(name, wanted: "its end")
            }
        }
        guard let control else { throw DebError.missingMember("control.tar") }
        guard let contents else { throw DebError.missingMember("data.tar") }
        return try control.package(contents, stanzaLimit: stanzaLimit)
    }

    private static func checkFormat(_ bytes: [UInt8]) throws {
        let line = bytes.prefix { $0 != 0x0a }
        let text = String(decoding: line, as: UTF8.self)
        let minor = text.dropFirst(2)
        guard text.hasPrefix("2."), !minor.isEmpty, minor.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            line.count < bytes.count
        else { throw DebError.format(text) }
    }

    /// The name of a member tells how it is compressed; what it holds must be that.
    private static func compression(_ name: String, _ stem: String) throws -> Compression {
        guard name == stem || name.hasPrefix(stem + ".") else {
            throw DebError.unexpectedMember(name, wanted: stem)
        }
        switch name.dropFirst(stem.count) {
        case "": return .none
        case ".gz": return .gzip
        case ".xz": return .xz
        case ".zst": return .zstd
        case ".bz2" where stem == "data.tar": return .bzip2
        default: throw DebError.compression(name)
        }
    }

    /// dpkg-deb writes names as `./usr/bin/x`; nothing that leads anywhere else is taken, not even if it comes back.
    private static func check(_ header: TarHeader) throws {
        try checkName(header.name)
        switch header.kind {
        case .hardlink: try checkName(header.linkName)
        case .file, .directory, .symlink: break
        case .characterDevice, .blockDevice, .fifo:
            throw DebError.badKind(String(decoding: header.name.prefix(300), as: UTF8.self))
        }
    }

    private static func checkName(_ name: [UInt8]) throws {
        let parts = name.split(separator: UInt8(ascii: "/"))
        guard name.first != UInt8(ascii: "/"), !parts.contains(where: { $0.elementsEqual([0x2e, 0x2e]) }) else {
            throw DebError.badName(String(decoding: name.prefix(300), as: UTF8.self), archive: "data.tar")
        }
    }
}
