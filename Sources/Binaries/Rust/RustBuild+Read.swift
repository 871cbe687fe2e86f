// https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md

internal import CZlib
internal import Core

extension RustBuild {
    /// Records of a thousand crates take some 100 KiB.
    private static let packedLimit = 1 << 20
    private static let unpackedLimit = 2 << 20
    /// How much larger a record may become; real ones are five to ten times as large.
    private static let growthLimit = 64

    /// - Returns: nil when nothing tells of Rust.
    static func read(_ file: ELFFile, _ compilers: CompilerComments) throws -> RustBuild? {
        let compiler = compilers.first(startingWith: "rustc version ").map {
            String($0.dropFirst("rustc version ".count).prefix { $0 != " " })
        }
        guard let section = file.section(".dep-v0") else { return compiler.map { RustBuild(compiler: $0) } }
        let packed = try file.bytes(in: section.fileRange, limit: packedLimit)
        let crates = inflate(packed).flatMap { try? OrderedJSON(parsing: $0) }.map(crates) ?? []
        return RustBuild(compiler: compiler, crates: crates)
    }

    /// Crates in the order of the record.
    private static func crates(_ record: OrderedJSON) -> [Crate] {
        guard case .array(let packages) = record["packages"] else { return [] }
        return packages.compactMap { package in
            guard let name = package["name"]?.string, let version = package["version"]?.string else { return nil }
            return Crate(
                name: name, version: version, source: package["source"]?.string ?? "",
                isBuildOnly: package["kind"]?.string == "build", isRoot: package["root"] == .bool(true))
        }
    }

    /// - Returns: nil when the bytes are no zlib stream, or become too many.
    private static func inflate(_ packed: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit_(&stream, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = packed
        return input.withUnsafeMutableBufferPointer { source -> [UInt8]? in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            let limit = min(unpackedLimit, 4096 + source.count * growthLimit)
            var out: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while out.count <= limit {
                let (result, count) = chunk.withUnsafeMutableBufferPointer { target -> (Int32, Int) in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    let result = CZlib.inflate(&stream, Z_NO_FLUSH)
                    return (result, target.count - Int(stream.avail_out))
                }
                out += chunk[..<count]
                if result == Z_STREAM_END { return out }
                guard result == Z_OK, count > 0 || stream.avail_in > 0 else { return nil }
            }
            return nil
        }
    }
}
