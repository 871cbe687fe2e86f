import Core
import DockerfileSyntax
import Glibc

/// The public cases beside the repository, in `../shared/data`.
enum PublicCases {
    /// The directory of one set; nil when it isn't there.
    static func directory(_ name: String) -> String? {
        var parts = #filePath.split(separator: "/").map(String.init)
        while !parts.isEmpty {
            parts.removeLast()
            let path = "/" + (parts + ["shared", "data", name]).joined(separator: "/")
            if access(path, R_OK) == 0 { return path }
        }
        return nil
    }

    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return out }
            out.append(contentsOf: buffer[..<count])
        }
    }

    static func list(_ path: String) -> [String] {
        guard let handle = opendir(path) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func source(_ path: String) -> SourceFile? {
        read(path).map { SourceFile(name: "Dockerfile", bytes: $0) }
    }
}

func parse(_ text: String) -> ParseResult { Dockerfile.parse(SourceFile(name: "Dockerfile", text: text)) }

/// The errors as a person sees them.
func rendered(_ text: String) -> String { parse(text).diagnostics.map(\.description).joined() }
