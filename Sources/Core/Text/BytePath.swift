private import Glibc

/// A path inside a tree: relative to its root, without `.`, `..` or empty components; the root itself is empty.
///
/// File names on Linux are bytes, not text: two names that differ only in their Unicode form are two files. So a path
/// is kept, compared and ordered by its bytes. In byte order a directory comes before everything below it.
package struct BytePath: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package private(set) var bytes: [UInt8]

    /// The root.
    package init() { bytes = [] }

    /// Takes bytes that are known to be in normal form.
    package init(normalized bytes: [UInt8]) { self.bytes = bytes }

    /// Normalises a path lexically, as if the root were the current directory: leading slashes, `.` and empty
    /// components vanish, `..` goes up but never above the root.
    package init(cleaning path: some Collection<UInt8>) {
        // Paths are made by the hundred thousand: one loop over the bytes, whatever holds them.
        if let cleaned = path.withContiguousStorageIfAvailable(Self.cleaned) {
            bytes = cleaned
        } else {
            bytes = Array(path).withUnsafeBufferPointer(Self.cleaned)
        }
    }

    private static func cleaned(_ path: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
        var out: [UInt8] = []
        out.reserveCapacity(path.count)
        var start = 0
        while start < path.count {
            var end = start
            while end < path.count, path[end] != slash { end += 1 }
            switch end - start {
            case 0: break
            case 1 where path[start] == dot: break
            case 2 where path[start] == dot && path[start + 1] == dot:
                if let slash = out.lastIndex(of: slash) {
                    out.removeSubrange(slash...)
                } else {
                    out.removeAll(keepingCapacity: true)
                }
            default:
                if !out.isEmpty { out.append(slash) }
                out.append(contentsOf: path[start..<end])
            }
            start = end + 1
        }
        return out
    }

    package init(cleaning path: String) { self.init(cleaning: Array(path.utf8)) }

    package init(stringLiteral value: StaticString) {
        self.init(cleaning: value.withUTF8Buffer { Array($0) })
    }

    // The synthesised pair goes byte by byte; paths are keys on hot paths.
    package static func == (left: BytePath, right: BytePath) -> Bool {
        left.bytes.count == right.bytes.count
            && left.bytes.withUnsafeBytes { left in right.bytes.withUnsafeBytes { left.elementsEqualInBulk($0) } }
    }

    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    package var isRoot: Bool { bytes.isEmpty }

    /// The last component; empty for the root.
    package var name: ArraySlice<UInt8> {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes[...] }
        return bytes[(slash + 1)...]
    }

    /// The directory that holds it; the root is its own parent.
    package var parent: BytePath {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return BytePath() }
        return BytePath(normalized: Array(bytes[..<slash]))
    }

    package var components: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "/")) }

    /// Joins one component, or several already in normal form.
    package func appending(_ name: some Collection<UInt8>) -> BytePath {
        if name.isEmpty { return self }
        if bytes.isEmpty { return BytePath(normalized: Array(name)) }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 1 + name.count)
        out.append(contentsOf: bytes)
        out.append(UInt8(ascii: "/"))
        out.append(contentsOf: name)
        return BytePath(normalized: out)
    }

    package func appending(_ other: BytePath) -> BytePath { appending(other.bytes) }

    package func appending(_ name: String) -> BytePath { appending(Array(name.utf8)) }

    /// True for the path itself and all below it.
    package func isSameOrBelow(_ ancestor: BytePath) -> Bool {
        if ancestor.isRoot { return true }
        guard bytes.starts(with: ancestor.bytes) else { return false }
        return bytes.count == ancestor.bytes.count || bytes[ancestor.bytes.count] == UInt8(ascii: "/")
    }

    /// What is left of the path below `ancestor`; nil when it isn't below it.
    package func relative(to ancestor: BytePath) -> BytePath? {
        guard isSameOrBelow(ancestor) else { return nil }
        if ancestor.isRoot { return self }
        if bytes.count == ancestor.bytes.count { return BytePath() }
        return BytePath(normalized: Array(bytes[(ancestor.bytes.count + 1)...]))
    }

    package static func < (left: BytePath, right: BytePath) -> Bool {
        left.bytes.withUnsafeBufferPointer { left in
            right.bytes.withUnsafeBufferPointer { right in
                let shared = min(left.count, right.count)
                for index in 0..<shared where left[index] != right[index] { return left[index] < right[index] }
                return left.count < right.count
            }
        }
    }

    /// The path as text, for people: invalid UTF-8 is replaced.
    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// The path as people write one inside an image: with a leading slash.
    package var absolute: String { "/" + description }
}

extension UnsafeRawBufferPointer {
    /// Whether two buffers of one length hold the same bytes.
    fileprivate func elementsEqualInBulk(_ other: UnsafeRawBufferPointer) -> Bool {
        guard let left = baseAddress, let right = other.baseAddress else { return true }
        return memcmp(left, right, count) == 0
    }
}
