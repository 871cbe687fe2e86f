// glibc's sysdeps/generic/dl-cache.h: struct cache_file_new, and before it in older files struct cache_file.
internal import Core
internal import Layers

/// Where glibc's loader looks before its own directories: `/etc/ld.so.cache`, which ldconfig makes of
/// `/etc/ld.so.conf`. The loader reads the cache alone, so the configuration counts only where the bytes of the cache
/// were not kept.
enum LoaderCache {
    /// Entries that are read.
    private static let limit = 1 << 17

    static func paths(_ tree: LinkTree) -> [String: [BytePath]] {
        guard let file = tree.file("etc/ld.so.cache") else { return [:] }
        return file.facts?.captured.map(read) ?? [:]
    }

    /// Directories of `/etc/ld.so.conf` and of what it includes, for a cache that is there and was not kept.
    static func configuredDirectories(_ tree: LinkTree) -> [BytePath] {
        guard let file = tree.file("etc/ld.so.cache"), file.facts?.captured == nil else { return [] }
        var out: [BytePath] = []
        read(configuration: "etc/ld.so.conf", tree, depth: 0, &out)
        return out
    }

    private static func read(configuration path: BytePath, _ tree: LinkTree, depth: Int, _ out: inout [BytePath]) {
        guard depth < 4, let text = tree.text(path) else { return }
        for line in text.split(separator: "\n").prefix(1000) {
            let words = line.prefix { $0 != "#" }.split { " \t=:,".contains($0) }
            guard let first = words.first, out.count < 1000 else { continue }
            if first == "include" {
                for pattern in words.dropFirst() {
                    for path in included(String(pattern), tree) {
                        read(configuration: path, tree, depth: depth + 1, &out)
                    }
                }
            } else if first.hasPrefix("/") {
                out.append(BytePath(cleaning: String(first)))
            }
        }
    }

    /// The files that a pattern such as `/etc/ld.so.conf.d/*.conf` names: one star, in the name.
    private static func included(_ pattern: String, _ tree: LinkTree) -> [BytePath] {
        let path = BytePath(cleaning: pattern.hasPrefix("/") ? pattern : "/etc/" + pattern)
        guard let star = path.name.firstIndex(of: UInt8(ascii: "*")) else { return [path] }
        let (start, end) = (path.name[..<star], path.name[(star + 1)...])
        let nodes = (try? tree.image.tree.list(path.parent)) ?? []
        return nodes.map(\.path).filter {
            $0.name.count >= start.count + end.count && $0.name.starts(with: start)
                && $0.name.suffix(end.count).elementsEqual(end)
        }
    }

    /// Libraries and their paths, in the order of the file.
    static func read(_ bytes: [UInt8]) -> [String: [BytePath]] {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            let old = Array("ld.so-1.7.0\0".utf8)
            let new = Array("glibc-ld.so.cache1.1".utf8)
            if bytes.starts(with: old) {
                // Twelve bytes an entry behind the count; the new form follows at a multiple of eight.
                let count = word(bytes, 12)
                guard count >= 0, count <= limit else { return [:] }
                start = (16 + count * 12 + 7) & ~7
            }
            guard start + 48 <= bytes.count, bytes[start...].starts(with: new) else { return [:] }
            let count = min(word(bytes, start + 20), limit)
            var out: [String: [BytePath]] = [:]
            for index in 0..<max(0, count) {
                let entry = start + 48 + index * 24
                guard entry + 24 <= bytes.count else { break }
                guard let name = text(bytes, start, word(bytes, entry + 4)),
                    let path = text(bytes, start, word(bytes, entry + 8)), path.first == UInt8(ascii: "/")
                else { continue }
                out[String(decoding: name, as: UTF8.self), default: []].append(BytePath(cleaning: path))
            }
            return out
        }
    }

    /// Four bytes; -1 behind the end. Caches are written in the order of the machine they serve: little endian here.
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        guard offset >= 0, offset + 4 <= bytes.count else { return -1 }
        return Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    /// A text that ends with a zero; offsets count from the start of the new form.
    private static func text(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ offset: Int) -> Slice<
        UnsafeRawBufferPointer
    >? {
        guard offset > 0, offset < bytes.count - start else { return nil }
        let rest = bytes[(start + offset)...].prefix(4096)
        return rest.firstIndex(of: 0).map { rest[..<$0] }
    }
}
