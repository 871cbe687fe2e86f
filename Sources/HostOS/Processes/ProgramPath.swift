internal import Glibc

/// Finding programs, and the environment as `NAME=value` lines.
package enum ProgramPath {
    /// The file that a name stands for: itself when it has a slash, else the first executable file in PATH.
    package static func find(_ name: String) throws(ProcessError) -> String {
        if name.utf8.contains(UInt8(ascii: "/")) { return name }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        // System tools lie in sbin, which an ordinary user's PATH often lacks.
        for directory in path.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin"] {
            let candidate = directory + "/" + name
            if access(candidate, X_OK) == 0, let info = try? FileInfo.of(candidate, followLinks: true),
                info.kind == .file
            {
                return candidate
            }
        }
        throw .notFound(name)
    }

    /// The environment of this process.
    package static var environment: [String] {
        var out: [String] = []
        var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
        while let text = entry.pointee {
            out.append(String(cString: text))
            entry += 1
        }
        return out
    }

    /// The value of one variable.
    package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// Arrays of C strings for calls that take them.
enum CStrings {
    /// Calls with the strings as a null-terminated array. A NUL inside a string ends it.
    static func with<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[strings.count] = nil
        defer {
            for index in strings.indices { free(pointers[index]) }
            pointers.deallocate()
        }
        return body(pointers)
    }
}
