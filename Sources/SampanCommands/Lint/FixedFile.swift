import Core
import Glibc
import HostOS

/// Puts a mended Dockerfile in the place of the old one.
enum FixedFile {
    /// Replaces the file in one step; mode and owner stay, and a link stays a link. A file that has other names (hard
    /// links) is written where it is, as an editor does it: all its names show the new text.
    /// - Parameter before: what was read; a file that changed since then is left alone.
    /// - Throws: a `Diagnostic`, with the file as it was.
    static func write(_ bytes: [UInt8], to path: String, before: [UInt8]) throws(Diagnostic) {
        do {
            let place = try target(path)
            guard let info = try FileInfo.of(place), info.kind == .file else {
                throw SystemError(EINVAL, "write", path)
            }
            // Replacing the name would undo a file's protection, and part it from its other names.
            guard access(place, W_OK) == 0 else { throw SystemError(errno, "write", path) }
            let now = try WholeFile.read(place)
            // Under another name of the same file the change was made already.
            if now == bytes { return }
            guard now == before else {
                throw Diagnostic(
                    code: "lint.changed", "'\(SafeText.text(path))' was changed by somebody else meanwhile",
                    hint: "run it again")
            }
            if info.links > 1 { return try overwrite(place, bytes) }
            let file = try AtomicFile(place, mode: info.mode)
            try file.descriptor.write(bytes)
            // Only root can keep another's file theirs; who can't would take it over.
            if info.uid != geteuid() || info.gid != getegid() {
                try check("keep the owner of", path) { fchown(file.descriptor.raw, info.uid, info.gid) }
            }
            try check("keep the mode of", path) { fchmod(file.descriptor.raw, mode_t(info.mode)) }
            try file.publish(durable: true)
        } catch let error as Diagnostic {
            throw error
        } catch let error as SystemError {
            throw Diagnostic(
                code: "lint.write", "cannot write '\(SafeText.text(path))'", causes: [error.reason],
                hint: "--diff shows the change without making it")
        } catch {
            throw Diagnostic(explaining: error)
        }
    }

    private static func overwrite(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
        let file = try FileDescriptor.open(path, O_WRONLY | O_NOFOLLOW)
        try file.write(bytes)
        try check("write", path) { ftruncate(file.raw, off_t(bytes.count)) }
        try check("sync", path) { fdatasync(file.raw) }
    }

    /// The file itself: links are followed within the working directory, or the directory that the path is in.
    private static func target(_ path: String) throws -> String {
        guard try FileInfo.of(path)?.kind == .symlink else { return path }
        let real = try resolved(path)
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let roots = [try resolved("."), try resolved(parent.isEmpty ? "/" : parent)]
        guard roots.contains(where: { $0 == "/" || real.hasPrefix($0 + "/") }) else {
            throw Diagnostic(
                code: "lint.outside",
                "'\(SafeText.text(path))' is a link to '\(SafeText.text(real))', outside of this directory",
                hint: "name that file to have it mended")
        }
        return real
    }

    private static func resolved(_ path: String) throws(SystemError) -> String {
        guard let real = realpath(path, nil) else { throw SystemError(errno, "resolve", path) }
        defer { free(real) }
        return String(cString: real)
    }
}
