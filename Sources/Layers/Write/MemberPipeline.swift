internal import Archive
internal import Core
internal import HostOS

/// Compresses members on several threads and writes them in order.
///
/// There is a fixed number of buffers, so memory is bounded whatever is faster, the reader, the compressors or the
/// disk. Whoever finishes the member that is next to be written writes it, and all finished ones after it. The caller
/// compresses too when it would have to wait, so that a pool whose threads are all busy cannot hold the work up.
final class MemberPipeline: @unchecked Sendable {
    // Everything below `monitor` is touched while it is held. The sink and the blob's hash are touched by the one
    // thread that has `isWriting`.

    struct Blob {
        var digest: Digest
        var size: Int64
        var members: [WrittenMember]
    }

    private let format: MemberCompressor.Format
    private let keyDomain: String
    private let cache: (any MemberCache)?
    private let sink: any ByteSink
    private let helpers: Int

    private let monitor = Monitor()
    private var buffers: [MemberBuffer] = []
    private var buffersLeft: Int
    private var compressors: [MemberCompressor] = []
    private var pending: [(sequence: Int, buffer: MemberBuffer)] = []
    private var activeHelpers = 0
    private var submitted = 0
    private var running = 0
    private var finished: [Int: Compressed] = [:]
    private var written = 0
    private var isWriting = false
    private var failure: (any Error)?
    private var isAbandoned = false

    private var hash = SHA256()
    private var members: [WrittenMember] = []

    private struct Compressed {
        var bytes: [UInt8]
        var key: Digest?
        var uncompressedLength: Int
    }

    init(_ format: MemberCompressor.Format, _ sink: any ByteSink, threads: Int, cache: (any MemberCache)?) {
        self.format = format
        self.sink = sink
        self.cache = cache
        keyDomain =
            switch format {
            case .gzip(let level): "member.gzip.libdeflate.\(level)"
            case .zstd(let level): "member.zstd.\(level)"
            }
        helpers = max(0, threads - 1)
        // One is being filled, one is at work on each thread, and as many wait: at most 24 MiB.
        buffersLeft = min(max(2, 2 * threads + 2), 24)
    }

    /// An empty buffer; helps with the work until there is one.
    func takeBuffer() throws -> MemberBuffer {
        monitor.lock()
        defer { monitor.unlock() }
        while true {
            if let failure { throw failure }
            if let buffer = buffers.popLast() { return buffer }
            if buffersLeft > 0 {
                buffersLeft -= 1
                return MemberBuffer()
            }
            waitOrHelp()
        }
    }

    /// Hands a filled buffer over.
    func submit(_ buffer: MemberBuffer) {
        monitor.lock()
        pending.append((submitted, buffer))
        submitted += 1
        let startsHelper = activeHelpers < min(helpers, pending.count + running)
        if startsHelper { activeHelpers += 1 }
        monitor.unlock()
        if startsHelper { BlockingPool.compute.submit { self.help() } }
    }

    /// Waits until all is written.
    func finish() throws -> Blob {
        monitor.lock()
        defer { monitor.unlock() }
        while failure == nil, written < submitted { waitOrHelp() }
        while running > 0 || isWriting { monitor.wait() }
        if let failure { throw failure }
        return Blob(digest: hash.finalize(), size: Int64(hash.count), members: members)
    }

    /// Drops what has not been compressed yet and waits for what is at work.
    func abandon() {
        monitor.lock()
        isAbandoned = true
        pending = []
        while running > 0 || isWriting { monitor.wait() }
        monitor.unlock()
    }

    /// With the monitor held: compresses a waiting member, or waits for others to get on.
    private func waitOrHelp() {
        if pending.isEmpty { monitor.wait() } else { work() }
    }

    private func help() {
        monitor.lock()
        while !pending.isEmpty { work() }
        activeHelpers -= 1
        monitor.unlock()
    }

    /// With the monitor held, which it lets go meanwhile: compresses the first waiting member and writes what is due.
    private func work() {
        let (sequence, buffer) = pending.removeFirst()
        let compressor = compressors.popLast()
        running += 1
        monitor.unlock()
        let result = Result { try compress(buffer, compressor) }
        monitor.lock()
        running -= 1
        buffer.count = 0
        buffers.append(buffer)
        switch result {
        case .success(let (compressed, compressor)):
            if let compressor { compressors.append(compressor) }
            finished[sequence] = compressed
            writeFinished()
        case .failure(let error): failure = failure ?? error
        }
        monitor.wakeAll()
    }

    private func compress(
        _ buffer: MemberBuffer, _ compressor: MemberCompressor?
    ) throws -> (Compressed, MemberCompressor?) {
        let bytes = buffer.bytes
        var key: Digest?
        if let cache {
            var hasher = KeyHasher(keyDomain)
            hasher.add(bytes)
            let digest = hasher.finalize()
            key = digest
            if let found = try cache.lookup(digest), let member = MemberReuse.read(found, holding: bytes, format) {
                return (Compressed(bytes: member, key: key, uncompressedLength: bytes.count), compressor)
            }
        }
        let compressor = try compressor ?? MemberCompressor(format)
        return (
            Compressed(bytes: try compressor.compress(bytes), key: key, uncompressedLength: bytes.count), compressor
        )
    }

    /// With the monitor held, which it lets go meanwhile: writes the members whose turn it is, unless another thread
    /// is doing so already.
    private func writeFinished() {
        guard !isWriting else { return }
        isWriting = true
        while failure == nil, !isAbandoned, let next = finished.removeValue(forKey: written) {
            monitor.unlock()
            let result = Result { try write(next) }
            monitor.lock()
            if case .failure(let error) = result { failure = error }
            written += 1
        }
        isWriting = false
    }

    private func write(_ member: Compressed) throws {
        if let key = member.key {
            members.append(
                WrittenMember(
                    key: key, offset: Int64(hash.count), length: member.bytes.count,
                    uncompressedLength: member.uncompressedLength))
        }
        try member.bytes.withUnsafeBytes {
            hash.update($0)
            try sink.write($0)
        }
    }
}
