// https://wiki.debian.org/DebianRepository/Format#A.22Packages.22_Indices
package import HostOS
private import Synchronization

/// How an archive wants a suite to be used.
package enum SuitePriority: Sendable, Hashable {
    case normal
    /// `NotAutomatic: yes`, as backports: taken only when asked for or when nothing else has the package.
    case manual
}

/// The packages of one Packages file.
///
/// The file stays mapped and is walked once for its names; a stanza is read when somebody asks for its package, and
/// remembered then. May be used from several threads.
package final class PackageIndex: Sendable {
    package let suite: String
    package let architecture: String
    package let priority: SuitePriority
    private let file: MappedFile
    private let outline: IndexOutline
    private let parsed = Mutex<[Int: DebianPackage]>([:])

    /// Walks an uncompressed Packages file.
    /// - Parameters:
    ///   - suite: the suite's name as people ask for it, such as `bookworm-backports`.
    ///   - architecture: what the file is for; its packages are of it or of `all`.
    /// - Throws: ``PackageIndexError`` when the file is no such index. A field that is wrong shows when its stanza is
    /// read.
    package init(_ bytes: MappedFile, suite: String, architecture: String, priority: SuitePriority) throws {
        self.suite = suite
        self.architecture = architecture
        self.priority = priority
        file = bytes
        bytes.willReadOnce()
        outline = try bytes.withBytes { buffer in
            guard buffer.count < Int(UInt32.max) else {
                throw PackageIndexError.tooLarge(suite: suite, bytes: buffer.count)
            }
            do throws(IndexOutline.Nameless) {
                return try IndexOutline(buffer)
            } catch {
                let line = Self.line(at: error.offset, of: buffer)
                throw PackageIndexError.namelessStanza(suite: suite, line: line)
            }
        }
    }

    /// How many packages there are.
    package var count: Int { outline.stanzas.count }

    /// The packages of a name, in the order of the file. There may be several versions.
    /// - Throws: ``PackageIndexError``.
    package func packages(named name: String) throws -> [DebianPackage] {
        try file.withBytes { bytes in
            try outline.names.stanzas(name, provided: false, in: bytes).map { try package($0, bytes) }
        }
    }

    /// The packages whose Provides has a name, in whatever version.
    /// - Throws: ``PackageIndexError``.
    package func providers(of name: String) throws -> [DebianPackage] {
        try file.withBytes { bytes in
            try outline.names.stanzas(name, provided: true, in: bytes).map { try package($0, bytes) }
        }
    }

    /// The packages that are essential or of priority required, in the order of the file.
    /// - Throws: ``PackageIndexError``.
    package func essentialPackages() throws -> [DebianPackage] {
        try file.withBytes { bytes in try outline.essential.map { try package(Int($0), bytes) } }
    }

    /// All names of packages and of what they provide, some of them more than once. Makes a text each: for hints only.
    package func names() -> [String] {
        file.withBytes { bytes in
            outline.names.entries.map { bytes.text(Int($0.name)..<(Int($0.name) + Int($0.length))) }
        }
    }

    private func package(_ number: Int, _ bytes: UnsafeRawBufferPointer) throws -> DebianPackage {
        if let known = parsed.withLock({ $0[number] }) { return known }
        let start = Int(outline.stanzas[number])
        let end = number + 1 < outline.stanzas.count ? Int(outline.stanzas[number + 1]) : bytes.count
        do throws(StanzaProblem) {
            let package = try DebianPackage(stanza: start..<end, of: bytes, suite: suite)
            parsed.withLock { $0[number] = package }
            return package
        } catch {
            throw PackageIndexError.brokenStanza(
                suite: suite, package: outline.name(ofStanza: number, bytes), line: Self.line(at: start, of: bytes),
                error)
        }
    }

    private static func line(at offset: Int, of bytes: UnsafeRawBufferPointer) -> Int {
        var line = 1
        var position = 0
        while let next = bytes.firstOffset(of: UInt8(ascii: "\n"), in: position..<offset) {
            line += 1
            position = next + 1
        }
        return line
    }
}
