internal import Archive
internal import Core
internal import HostOS
internal import OCI

extension CacheMountIndex {
    private static let version = 1
    private static let level = 6

    /// The index as JSON, compressed with zstd.
    package func encoded() throws -> [UInt8] {
        let document = try CanonicalJSON.encode(Document(self))
        return try document.withUnsafeBytes { try MemberCompressor(.zstd(level: Self.level)).compress($0) }
    }

    /// Reads what ``encoded()`` makes, and checks all that a restore relies on.
    /// - Throws: ``CacheMountError``, `ArchiveError`.
    package init(decoding bytes: [UInt8], limits: CacheMountLimits = CacheMountLimits()) throws {
        let json = try Compression.open(BytesSource(bytes)).source.readAll(
            limit: limits.index, what: "the index of a cache mount")
        let document: Document
        do {
            let head = try CanonicalJSON.decode(Head.self, from: json, kind: .config, limit: limits.index)
            guard head.version == Self.version else { throw CacheMountError.unsupportedVersion(head.version) }
            document = try CanonicalJSON.decode(Document.self, from: json, kind: .config, limit: limits.index)
        } catch let error as OCIError {
            guard case .malformed(_, let path, let reason) = error else { throw error }
            throw CacheMountError.malformedIndex(path.isEmpty ? reason : "\(path): \(reason)")
        }
        self = document.index
        try check(limits)
    }

    /// What tells versions apart.
    private struct Head: Decodable {
        var version: Int
    }

    private struct Document: Codable {
        var index: CacheMountIndex

        init(_ index: CacheMountIndex) { self.index = index }

        enum Key: String, CodingKey { case version, root, packs, contents, entries }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            index = CacheMountIndex(
                root: try container.decode(RootDocument.self, forKey: .root).metadata,
                packs: try container.decode([Pack].self, forKey: .packs),
                contents: try container.decode([Content].self, forKey: .contents),
                entries: try container.decode([Entry].self, forKey: .entries))
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(CacheMountIndex.version, forKey: .version)
            try container.encode(RootDocument(metadata: index.root), forKey: .root)
            try container.encode(index.packs, forKey: .packs)
            try container.encode(index.contents, forKey: .contents)
            try container.encode(index.entries, forKey: .entries)
        }
    }

    private struct RootDocument: Codable {
        var metadata: Metadata

        init(metadata: Metadata) { self.metadata = metadata }

        init(from decoder: any Decoder) throws {
            metadata = try Metadata(from: decoder.container(keyedBy: EntryKey.self))
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: EntryKey.self)
            try metadata.encode(to: &container)
        }
    }
}

/// The fields of an entry and of the root.
private enum EntryKey: String, CodingKey { case path, kind, target, content, mode, uid, gid, modified }

extension CacheMountIndex.Metadata {
    fileprivate init(from container: KeyedDecodingContainer<EntryKey>) throws {
        mode = try container.decode(UInt32.self, forKey: .mode)
        uid = try container.decodeIfPresent(UInt32.self, forKey: .uid) ?? 0
        gid = try container.decodeIfPresent(UInt32.self, forKey: .gid) ?? 0
        guard let time = FileTime(text: try container.decode(String.self, forKey: .modified)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .modified, in: container, debugDescription: "a time is seconds, a point and nine digits")
        }
        modified = time
    }

    fileprivate func encode(to container: inout KeyedEncodingContainer<EntryKey>) throws {
        try container.encode(mode, forKey: .mode)
        if uid != 0 { try container.encode(uid, forKey: .uid) }
        if gid != 0 { try container.encode(gid, forKey: .gid) }
        try container.encode(modified.text, forKey: .modified)
    }
}

extension CacheMountIndex.Entry: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: EntryKey.self)
        path = BytePath(normalized: try Self.bytes(container, .path))
        kind =
            switch try container.decodeIfPresent(String.self, forKey: .kind) ?? "file" {
            case "file": .file(content: try container.decodeIfPresent(Int.self, forKey: .content))
            case "directory": .directory
            case "symlink": .symlink(target: try Self.bytes(container, .target))
            case "hardlink": .hardlink(target: BytePath(normalized: try Self.bytes(container, .target)))
            case let other:
                throw DecodingError.dataCorruptedError(
                    forKey: .kind, in: container, debugDescription: "'\(other.prefix(40))' is no kind of file")
            }
        metadata = try CacheMountIndex.Metadata(from: container)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: EntryKey.self)
        try container.encode(PathText.encode(path.bytes), forKey: .path)
        switch kind {
        case .file(let content): try container.encodeIfPresent(content, forKey: .content)
        case .directory: try container.encode("directory", forKey: .kind)
        case .symlink(let target):
            try container.encode("symlink", forKey: .kind)
            try container.encode(PathText.encode(target), forKey: .target)
        case .hardlink(let target):
            try container.encode("hardlink", forKey: .kind)
            try container.encode(PathText.encode(target.bytes), forKey: .target)
        }
        try metadata.encode(to: &container)
    }

    private static func bytes(_ container: KeyedDecodingContainer<EntryKey>, _ key: EntryKey) throws -> [UInt8] {
        guard let bytes = PathText.decode(try container.decode(String.self, forKey: key)) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "the name is not percent-encoded as it has to be")
        }
        return bytes
    }
}

extension FileTime {
    /// Seconds, a point and nine digits of nanoseconds.
    fileprivate var text: String {
        let digits = String(nanoseconds)
        return "\(seconds).\(String(repeating: "0", count: max(0, 9 - digits.utf8.count)))\(digits)"
    }

    fileprivate init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(parts[0]), parts[1].utf8.count == 9,
            let nanoseconds = UInt32(parts[1]), parts[1].utf8.first != UInt8(ascii: "+")
        else { return nil }
        self.init(seconds: seconds, nanoseconds: Int64(nanoseconds))
    }
}
