import Glibc
import HostOS

/// The repository that these tests belong to.
enum Repository {
    /// The directory that holds `Package.swift`, links in the path of this file resolved.
    static let root: String = {
        var path = #filePath
        if let resolved = realpath(path, nil) {
            path = String(cString: resolved)
            free(resolved)
        }
        return path.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
    }()

    /// A file as text.
    static func text(_ path: String) throws -> String {
        String(decoding: try WholeFile.read("\(root)/\(path)", limit: 16 << 20), as: UTF8.self)
    }

    static func lines(_ path: String) throws -> [String] {
        try text(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The files below a directory whose names end in a suffix, sorted; paths from the root.
    static func files(below directory: String, suffix: String) throws -> [String] {
        var out: [String] = []
        let descriptor = try FileDescriptor.open("\(root)/\(directory)", O_RDONLY | O_DIRECTORY)
        for name in try Directory.names(descriptor).map({ String(decoding: $0, as: UTF8.self) }).sorted() {
            let path = "\(directory)/\(name)"
            if try FileInfo.of("\(root)/\(path)")?.kind == .directory {
                out += try files(below: path, suffix: suffix)
            } else if name.hasSuffix(suffix) {
                out.append(path)
            }
        }
        return out
    }
}
