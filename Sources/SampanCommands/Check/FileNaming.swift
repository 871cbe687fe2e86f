import Glibc
import HostOS

/// How files are called in a report. What is no path of this machine, such as a Dockerfile of a git URL, keeps its name.
struct FileNaming {
    /// The working directory.
    let directory: String
    /// The nearest directory at or above one that version control has its root in.
    let root: (String) -> String?

    /// - Throws: when the working directory is gone.
    static func here() throws -> FileNaming {
        FileNaming(directory: try workingDirectory(), root: repository)
    }

    static func workingDirectory() throws -> String {
        guard let path = getcwd(nil, 0) else { throw SystemError(errno, "find the working directory") }
        defer { free(path) }
        return String(cString: path)
    }

    /// For people: from the working directory, where it is not far.
    func near(_ file: String) -> String {
        guard file.hasPrefix("/") else { return file }
        let (path, here) = (Self.pieces(file), Self.pieces(directory))
        let common = zip(path, here).prefix { $0 == $1 }.count
        // From one end of the machine to the other no dots lead that anybody reads.
        guard common == here.count || common >= 2 else { return file }
        let steps = Array(repeating: "..", count: here.count - common) + path.dropFirst(common)
        return steps.isEmpty ? "." : steps.joined(separator: "/")
    }

    /// For what shows findings beside the source: from the root of the file's repository, else from the working directory.
    func inRepository(_ file: String) -> String {
        guard file.hasPrefix("/") else { return file }
        let path = Self.pieces(file)
        let parent = "/" + path.dropLast().joined(separator: "/")
        let start = root(parent).map(Self.pieces) ?? Self.pieces(directory)
        guard path.count > start.count, path.starts(with: start) else { return file }
        return path.dropFirst(start.count).joined(separator: "/")
    }

    /// Without `.` and `..`.
    private static func pieces(_ path: String) -> [String] {
        path.split(separator: "/").reduce(into: []) { pieces, piece in
            switch piece {
            case ".": break
            case "..": _ = pieces.popLast()
            default: pieces.append(String(piece))
            }
        }
    }

    private static func repository(of directory: String) -> String? {
        var pieces = pieces(directory)
        while true {
            let place = "/" + pieces.joined(separator: "/")
            if (try? FileInfo.of(place + "/.git", followLinks: true)) != nil { return place }
            guard pieces.popLast() != nil else { return nil }
        }
    }
}
