internal import Archive
internal import Core
internal import HostOS

/// Cuts an archive into members and hands them to the ``MemberPipeline``.
final class MemberOutput: TarOutput {
    private let pipeline: MemberPipeline
    private var cuts = MemberCuts()
    private var buffer: MemberBuffer?

    init(
        _ format: MemberCompressor.Format, _ sink: any ByteSink, threads: Int, cache: (any MemberCache)?
    ) throws {
        pipeline = MemberPipeline(format, sink, threads: threads, cache: cache)
    }

    func begin(path: [UInt8], bytes: Int64) throws {
        if cuts.cuts(before: path, bytes: bytes, held: buffer?.count ?? 0) { submit() }
    }

    func space() throws -> UnsafeMutableRawBufferPointer {
        if let buffer, buffer.count == MemberCuts.most { submit() }
        if let buffer { return buffer.free }
        let fresh = try pipeline.takeBuffer()
        buffer = fresh
        return fresh.free
    }

    func commit(_ count: Int) { buffer?.count += count }

    private func submit() {
        if let buffer, buffer.count > 0 { pipeline.submit(buffer) }
        buffer = nil
    }

    /// Waits for everything to be written.
    func finish() throws -> MemberPipeline.Blob {
        submit()
        return try pipeline.finish()
    }

    /// Gives up after an error: no thread touches the sink when this returns.
    func abandon() { pipeline.abandon() }
}

/// Memory for the bytes of one member.
final class MemberBuffer {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: MemberCuts.most, alignment: 64)
    var count = 0

    var free: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: memory[count...]) }
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    deinit { memory.deallocate() }
}
