import Glibc
import HostOS

/// Files of the host's apt.
enum AptFiles {
    /// A file's bytes; nil when there is none.
    static func read(_ path: String, limit: Int) throws(DebianArchiveError) -> [UInt8]? {
        do throws(SystemError) {
            return try WholeFile.read(path, limit: limit)
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw .system(error)
        }
    }

    /// The files of a directory that apt would read, in its order; none when there is no directory.
    /// - Parameter suffixes: of names that count; the empty one stands for names without a full stop.
    static func names(in directory: String, suffixes: [String]) throws(DebianArchiveError) -> [String] {
        let all: [String]
        do throws(SystemError) {
            let opened = try FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY)
            all = try Directory.names(opened).map { String(decoding: $0, as: UTF8.self) }
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { return [] }
            throw .system(error)
        }
        return all.filter { name in
            let isPlain = name.utf8.allSatisfy { byte in
                (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
                    || "-_.".utf8.contains(byte)
            }
            let fits = suffixes.contains { $0.isEmpty ? !name.contains(".") : name.hasSuffix($0) }
            return isPlain && fits && !name.hasPrefix(".")
        }.map { directory + "/" + $0 }
    }
}
