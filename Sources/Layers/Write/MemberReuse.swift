// https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
internal import Archive
internal import HostOS

/// Takes compressed members over from older blobs.
enum MemberReuse {
    /// The bytes of a member that lies in an older blob; nil when what lies there is not what it should be, as after
    /// a power failure: then it is made anew.
    static func read(
        _ location: MemberLocation, holding bytes: UnsafeRawBufferPointer, _ format: MemberCompressor.Format
    ) -> [UInt8]? {
        // A member larger than what it holds by more than a few bytes is none of ours.
        guard location.length > 18, location.length <= bytes.count + bytes.count / 64 + 1024 else { return nil }
        var isWhole = false
        let member = [UInt8](unsafeUninitializedCapacity: location.length) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            count = (try? location.file.read(into: raw, at: location.offset)) ?? 0
            isWhole = count == location.length
        }
        guard isWhole else { return nil }
        return member.withUnsafeBytes { MemberCompressor.seemsToHold($0, bytes, format) } ? member : nil
    }
}
