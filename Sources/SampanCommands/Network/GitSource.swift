import BuildGraph
import Core
import HostOS
import Layers

/// A git repository as ADD and contexts name one: `https://host/repo.git#ref:directory`, `git@host:repo.git`, `git://…`.
///
/// https://docs.docker.com/build/concepts/context/#git-repositories
struct GitSource: Equatable {
    var remote: String
    /// A branch, tag or commit; nil is the remote's default branch.
    var reference: String?
    var directory: String?

    init?(parsing text: String) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let location = parts[0]
        let isURL = ["http://", "https://", "ssh://", "git://", "file://"].contains { location.hasPrefix($0) }
        let path = location.split(separator: "?").first.map(String.init) ?? location
        if isURL {
            let always = location.hasPrefix("git://") || location.hasPrefix("ssh://")
            guard always || path.hasSuffix(".git") else { return nil }
        } else {
            // user@host:path, and nothing that is a path on this machine.
            guard let at = location.firstIndex(of: "@"), let colon = location[at...].firstIndex(of: ":"),
                !location[..<colon].contains("/"), at != location.startIndex
            else { return nil }
        }
        remote = location
        guard parts.count > 1 else { return }
        let fragment = parts[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if !fragment[0].isEmpty { reference = fragment[0] }
        if fragment.count > 1, !fragment[1].isEmpty { directory = fragment[1] }
    }

    /// Fetches one commit without its history, and gives the files of the directory.
    func checkout(into place: String, keepGitDir: Bool, checksum: String?) throws -> (
        files: LayerContents, commit: String
    ) {
        if let reference, reference.hasPrefix("-") {
            throw Diagnostic(code: "git.reference", "'\(reference)' is not a git reference")
        }
        try git(["init", "--quiet", place])
        try git(["-C", place, "remote", "add", "origin", "--", remote])
        let wanted = reference ?? "HEAD"
        try git(["-C", place, "fetch", "--quiet", "--depth", "1", "--no-tags", "origin", "--", wanted])
        let commit = try git(["-C", place, "rev-parse", "FETCH_HEAD"])
        if let checksum, !commit.hasPrefix(checksum) || checksum.count < 7 {
            throw Diagnostic(
                code: "git.checksum", "'\(wanted)' is not the commit that --checksum says",
                causes: ["expected \(checksum)", "got      \(commit)"])
        }
        try git(["-C", place, "checkout", "--quiet", "--detach", "FETCH_HEAD"])
        try git(["-C", place, "submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1"])
        var root = place
        if let directory {
            let relative = BytePath(cleaning: directory)
            // A link in the repository must not lead out of it.
            _ = try FileDescriptor.open(
                beneath: FileDescriptor.open(place, 0o200000), relative, 0o200000, links: .refused)
            root = place + relative.absolute
        }
        if keepGitDir {
            // What differs between two fetches of one commit does not belong into a layer.
            for name in ["FETCH_HEAD", "ORIG_HEAD", "index", "logs", "hooks"] {
                try Directory.removeTree(place + "/.git/" + name)
            }
        }
        let contents = try LayerScanner.scanFiles(HostDirectory.open(root)) { path, _ in
            !keepGitDir && path == ".git" ? .skip : .include
        }
        let files = LayerContents(
            contents.entries.map { entry in
                var entry = entry
                (entry.uid, entry.gid) = (0, 0)
                // Whatever umask git ran with, only whether a file is executable counts.
                if entry.isFile { entry.mode = entry.mode & 0o100 != 0 ? 0o755 : 0o644 }
                if entry.isDirectory { entry.mode = 0o755 }
                return entry
            })
        return (files, commit)
    }

    @discardableResult
    private func git(_ arguments: [String]) throws -> String {
        var options = ChildProcess.Options(
            "git",
            ["-c", "protocol.ext.allow=never", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"]
                + arguments)
        var environment = StoreAccess.environment()
        environment["GIT_TERMINAL_PROMPT"] = "0"
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        options.environment = environment.map { "\($0.key)=\($0.value)" }.sorted()
        let result = try ChildProcess.capture(options)
        guard result.status.isSuccess else {
            let text = String(decoding: result.error, as: UTF8.self).split(separator: "\n").suffix(3)
            throw Diagnostic(
                code: "git.failed",
                "git cannot fetch '\(Redaction.url(remote))'\(reference.map { " at '\($0)'" } ?? "")",
                causes: text.map { Redaction.urls(in: String($0)) })
        }
        return String(decoding: result.output, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    }
}
