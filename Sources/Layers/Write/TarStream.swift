// https://github.com/opencontainers/image-spec/blob/main/layer.md
internal import Archive
internal import Core
private import HostOS

/// Turns entries into the bytes of an archive and hashes them on the way.
struct TarStream {
    private let output: any TarOutput
    private let timestamps: TimestampPolicy
    /// Of all bytes so far: the diff ID at the end.
    private(set) var hash = SHA256()
    private var block: [UInt8] = []

    init(_ output: any TarOutput, timestamps: TimestampPolicy) {
        self.output = output
        self.timestamps = timestamps
    }

    mutating func write(_ contents: LayerContents) throws {
        for entry in contents.entries {
            if case .hardlink(let target) = entry.kind { try check(entry, target, contents) }
            try write(entry)
        }
        try put(TarWriter.end)
    }

    /// Passes an existing archive on.
    mutating func copy(_ tar: any ByteSource) throws {
        while true {
            let space = try output.space()
            let count = try tar.read(into: space)
            if count == 0 { return }
            take(space, count)
        }
    }

    /// A hard link is worth nothing when what it names is not in front of it.
    private func check(_ entry: Entry, _ target: BytePath, _ contents: LayerContents) throws {
        guard let file = contents.entry(at: target), file.isLeaf, !file.isHardlink, target < entry.path else {
            throw LayerError.danglingHardlink(path: entry.path.description, target: target.description)
        }
    }

    private mutating func write(_ entry: Entry) throws {
        let size = entry.isFile ? entry.content.size : 0
        block.removeAll(keepingCapacity: true)
        try TarWriter.append(header(entry, size: size), to: &block)
        if entry.isOpaque {
            let mark = entry.path.appending(".wh..wh..opq").bytes
            try TarWriter.append(
                TarHeader(name: mark, kind: .file, mode: 0, modified: timestamps.apply(to: entry.modified)),
                to: &block)
        }
        let padding = TarWriter.padding(after: size)
        try output.begin(path: entry.path.bytes, bytes: Int64(block.count) + size + Int64(padding))
        try put(block)
        guard size > 0 else { return }
        try putContent(entry, size)
        try put(TarWriter.end[..<padding])
    }

    private func header(_ entry: Entry, size: Int64) throws -> TarHeader {
        if entry.path.name.starts(with: ".wh.".utf8) {
            throw LayerError.reservedName(path: entry.path.description)
        }
        var header = TarHeader(
            name: entry.path.bytes, kind: .file, mode: entry.mode, uid: entry.uid, gid: entry.gid, size: size,
            modified: timestamps.apply(to: entry.modified), attributes: entry.attributes)
        switch entry.kind {
        case .file: break
        case .directory: header.kind = .directory
        case .symlink(let target):
            header.kind = .symlink
            header.linkName = target
        case .hardlink(let target):
            header.kind = .hardlink
            header.linkName = target.bytes
        case .characterDevice(let major, let minor):
            header.kind = .characterDevice
            (header.deviceMajor, header.deviceMinor) = (major, minor)
        case .blockDevice(let major, let minor):
            header.kind = .blockDevice
            (header.deviceMajor, header.deviceMinor) = (major, minor)
        case .fifo: header.kind = .fifo
        case .whiteout:
            header.name = entry.path.parent.appending(Array(".wh.".utf8) + entry.path.name).bytes
            header.mode = 0
        }
        return header
    }

    private mutating func putContent(_ entry: Entry, _ size: Int64) throws {
        let source = try entry.content.open()
        var left = size
        while left > 0 {
            let space = try output.space()
            let count = try source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: space[..<Int(min(Int64(space.count), left))]))
            guard count > 0 else { throw LayerError.changed(path: entry.path.absolute) }
            take(space, count)
            left -= Int64(count)
        }
    }

    private mutating func put(_ bytes: some Collection<UInt8>) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let space = try output.space()
            let piece = rest.prefix(space.count)
            space.copyBytes(from: piece)
            take(space, piece.count)
            rest = rest.dropFirst(piece.count)
        }
    }

    private mutating func take(_ space: UnsafeMutableRawBufferPointer, _ count: Int) {
        hash.update(UnsafeRawBufferPointer(rebasing: space[..<count]))
        output.commit(count)
    }
}

extension FileContent {
    /// Bytes.
    var size: Int64 {
        switch self {
        case .empty: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .file(let file): file.info.size
        case .span(let span): span.length
        }
    }
}
