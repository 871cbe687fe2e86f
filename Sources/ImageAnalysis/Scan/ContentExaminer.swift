internal import Archive
internal import Binaries
internal import Core
private import Glibc
internal import HostOS
internal import ImageLayouts
internal import Layers

/// Finds out what the content of each file of a layer is, while the layer's archive is read.
///
/// Small files pass through one buffer. Of large ones no more than the beginning is held, unless they are programs, which
/// are looked into at many places: these are read in place where the archive lies on disk uncompressed, else held in memory
/// or, above a few megabytes, in a scratch file.
final class ContentExaminer {
    private let reader: TarReader
    private let hashes: TarHashes
    /// Where the archive lies, when it isn't compressed.
    private let blob: BlobFile?
    private let limits: AnalysisLimits
    private let budget: AnalysisBudget
    private let scratch: () throws -> FileDescriptor

    /// What was found out, in the order of the archive.
    private var found: [(offset: Int64, facts: ContentFacts)] = []
    /// Bytes of all contents so far.
    private(set) var contentBytes: Int64 = 0
    private(set) var remarks: [String] = []

    /// Files up to this size are looked at as a whole; of others so much of their beginning.
    private static let window = 1 << 20
    /// Bytes of the largest program that is held in memory.
    private static let memoryLimit: Int64 = 8 << 20

    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: window, alignment: 64)

    init(
        _ reader: TarReader, _ hashes: TarHashes, inPlace blob: BlobFile?, limits: AnalysisLimits,
        budget: AnalysisBudget, scratch: @escaping () throws -> FileDescriptor
    ) {
        self.reader = reader
        self.hashes = hashes
        self.blob = blob
        self.limits = limits
        self.budget = budget
        self.scratch = scratch
    }

    deinit { buffer.deallocate() }

    /// Reads the content of a file that the reader stands at.
    func examine(_ entry: Entry, at offset: Int64) throws {
        contentBytes += entry.size
        var filled = 0
        while filled < buffer.count {
            let count = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        let head = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
        let isWhole = Int64(filled) == entry.size
        var facts = ContentFacts(kind: ContentKind.classify(path: entry.path, mode: entry.mode, head: head))
        let rest = try isWhole ? nil : readRest(entry, at: offset, after: head)
        facts.digest = hashes.content
        if Self.isELF(head) { facts.binary = program(entry, at: offset, head: isWhole ? head : nil, rest) }
        if isWhole, Self.looksLikeText(head) {
            facts.interpreter = Self.interpreter(head)
            facts.secrets = SecretScanner.scan(head, path: entry.path)
        }
        if CapturedPaths.wants(entry.path, size: entry.size) {
            facts.captured = capture(entry, isWhole ? head : nil, rest)
        }
        found.append((offset, facts))
    }

    /// What was found out about the content at an offset of the archive.
    func facts(at offset: Int64) -> ContentFacts? {
        var low = 0
        var high = found.count
        while low < high {
            let middle = (low + high) / 2
            if found[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < found.count && found[low].offset == offset ? found[low].facts : nil
    }

    /// What is held of a file that is larger than the window.
    private enum Held {
        case nothing
        case memory([UInt8])
        case file(FileDescriptor)
    }

    /// Reads the rest of a file and holds all of it if someone wants to look into it.
    private func readRest(
        _ entry: Entry, at offset: Int64, after head: UnsafeRawBufferPointer
    ) throws -> Held {
        let isWanted = CapturedPaths.wants(entry.path, size: entry.size)
        let isProgram = Self.isELF(head) && blob == nil && entry.size <= limits.binary
        if isWanted || isProgram && entry.size <= Self.memoryLimit {
            // The window's worth and what comes is real; what the header promises need not be.
            var bytes = [UInt8](head)
            try reader.forEachPiece { bytes.append(contentsOf: $0) }
            return .memory(bytes)
        }
        guard isProgram else {
            try reader.forEachPiece { _ in }
            return .nothing
        }
        let file = try scratch()
        try file.write(head)
        try reader.forEachPiece { try file.write($0) }
        return .file(file)
    }

    /// What a program says of itself, as far as there is memory for it.
    private func program(
        _ entry: Entry, at offset: Int64, head: UnsafeRawBufferPointer?, _ rest: Held?
    ) -> BinaryFacts? {
        guard let facts = binary(entry, at: offset, head: head, rest) else { return nil }
        if budget.take(facts) { return facts }
        remark(Self.leftOut(entry.path.absolute))
        return nil
    }

    private func binary(
        _ entry: Entry, at offset: Int64, head: UnsafeRawBufferPointer?, _ rest: Held?
    ) -> BinaryFacts? {
        do {
            if let blob {
                return try BinaryFacts.read(FileBytes(file: blob.file, start: blob.offset + offset, size: entry.size))
            }
            if let head { return try BinaryFacts.read(MemoryBytes([UInt8](head))) }
            switch rest {
            case .memory(let bytes): return try BinaryFacts.read(MemoryBytes(bytes))
            case .file(let file): return try BinaryFacts.read(FileBytes(file: file, start: 0, size: entry.size))
            case .nothing, nil:
                remark("\(entry.path.absolute) is larger than \(limits.binary) bytes and was not looked into")
                return nil
            }
        } catch {
            remark("\(entry.path.absolute) looks like an ELF file and can't be read as one: \(Self.text(of: error))")
            return nil
        }
    }

    private func capture(_ entry: Entry, _ head: UnsafeRawBufferPointer?, _ rest: Held?) -> [UInt8]? {
        let content: [UInt8]
        if let head {
            content = [UInt8](head)
        } else if case .memory(let bytes) = rest {
            content = bytes
        } else {
            return nil
        }
        let kept = CapturedPaths.kept(entry.path, content)
        if budget.take(kept) { return kept }
        remark(Self.leftOut(entry.path.absolute))
        return nil
    }

    /// What is said of a file for which there was no memory left.
    static func leftOut(_ path: String) -> String {
        "\(path) was not looked into: the image has more of such files than are kept"
    }

    private func remark(_ text: String) {
        if remarks.count < limits.remarks { remarks.append(text) }
    }

    static func text(of error: any Error) -> String {
        (error as? any DiagnosticConvertible)?.diagnostic.message ?? "\(error)"
    }

    private static func isELF(_ head: UnsafeRawBufferPointer) -> Bool {
        head.count >= 16 && head.starts(with: [0x7f, 0x45, 0x4c, 0x46])
    }

    /// Text has no NUL, which one search in the beginning tells.
    private static func looksLikeText(_ head: UnsafeRawBufferPointer) -> Bool {
        guard let start = head.baseAddress else { return false }
        return memchr(start, 0, min(head.count, 8192)) == nil
    }

    /// The words behind `#!`, at most as many bytes as Linux reads. A carriage return is part of a word, as it is for Linux.
    static func interpreter(_ head: UnsafeRawBufferPointer) -> [String] {
        guard head.starts(with: [0x23, 0x21]) else { return [] }
        let line = head[2..<min(head.count, 256)].prefix { $0 != 0x0a }
        return line.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
    }
}
