private import CLinux
private import Glibc

extension ExtendedAttributes {
    /// The attributes of one name in an open directory, without following a link; empty where there are none.
    ///
    /// There is no call of the kernel for this, so the name is reached through the directory's descriptor in /proc.
    package static func read(
        _ name: UnsafePointer<CChar>, at directory: FileDescriptor
    ) throws(SystemError) -> [(name: String, value: [UInt8])] {
        let path = path(name, at: directory)
        let size = llistxattr(path, nil, 0)
        if size == 0 || (size < 0 && (errno == ENOTSUP || errno == ENODATA)) { return [] }
        guard size > 0 else { throw SystemError(errno, "list attributes of", String(cString: name)) }
        var names = [CChar](repeating: 0, count: size + 256)
        let used = try check("list attributes of", String(cString: name)) { llistxattr(path, &names, names.count) }
        var out: [(name: String, value: [UInt8])] = []
        for part in names[..<used].split(separator: 0) {
            let attribute = String(decoding: part.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let length = lgetxattr(path, attribute, nil, 0)
            if length < 0, errno == ENODATA || errno == EPERM || errno == EACCES { continue }
            guard length >= 0 else {
                throw SystemError(errno, "read attribute \(attribute) of", String(cString: name))
            }
            var value = [UInt8](repeating: 0, count: length)
            let got = try check("read attribute \(attribute) of", String(cString: name)) {
                lgetxattr(path, attribute, &value, value.count)
            }
            out.append((attribute, Array(value[..<got])))
        }
        return out.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Sets an attribute of one name in an open directory, without following a link.
    package static func set(
        _ name: UnsafePointer<CChar>, at directory: FileDescriptor, _ attribute: String, _ value: [UInt8]
    ) throws(SystemError) {
        let path = path(name, at: directory)
        try check("set attribute \(attribute) of", String(cString: name)) {
            lsetxattr(path, attribute, value, value.count, 0)
        }
    }

    private static func path(_ name: UnsafePointer<CChar>, at directory: FileDescriptor) -> [CChar] {
        var path = "/proc/self/fd/\(directory.raw)/".utf8.map { CChar(bitPattern: $0) }
        path.append(contentsOf: UnsafeBufferPointer(start: name, count: strlen(name) + 1))
        return path
    }
}
