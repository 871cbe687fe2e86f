private import CLinux
private import Glibc

/// Extended attributes of a path, a link itself rather than what it points to.
package enum ExtendedAttributes {
    /// All attributes that can be read, in byte order of their names; empty where the file system has none.
    package static func read(_ path: String) throws(SystemError) -> [(name: String, value: [UInt8])] {
        let size = llistxattr(path, nil, 0)
        if size == 0 || (size < 0 && (errno == ENOTSUP || errno == ENODATA)) { return [] }
        guard size > 0 else { throw SystemError(errno, "list attributes of", path) }
        var names = [CChar](repeating: 0, count: size + 256)
        let used = try check("list attributes of", path) { llistxattr(path, &names, names.count) }
        var out: [(name: String, value: [UInt8])] = []
        for part in names[..<used].split(separator: 0) {
            let name = String(decoding: part.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let length = lgetxattr(path, name, nil, 0)
            if length < 0, errno == ENODATA || errno == EPERM || errno == EACCES { continue }
            guard length >= 0 else { throw SystemError(errno, "read attribute \(name) of", path) }
            var value = [UInt8](repeating: 0, count: length)
            let got = try check("read attribute \(name) of", path) { lgetxattr(path, name, &value, value.count) }
            out.append((name, Array(value[..<got])))
        }
        return out.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
    }

    package static func set(_ path: String, _ name: String, _ value: [UInt8]) throws(SystemError) {
        try check("set attribute \(name) of", path) { lsetxattr(path, name, value, value.count, 0) }
    }
}
