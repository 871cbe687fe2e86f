import Core
import Glibc
import HostOS

/// Turns the arguments of `sampan lint` into files.
struct LintPaths {
    /// Files in the order of the arguments, each once; `-` is standard input.
    private(set) var files: [String] = []
    /// What could not be found, as errors.
    private(set) var failures: [Diagnostic] = []
    private var seen: Set<String> = []

    /// Names that a walk does not enter besides hidden ones.
    private static let skipped: Set = ["node_modules"]
    /// Directories below each other that a walk enters.
    private static let depthLimit = 100

    init(_ arguments: [String]) {
        for argument in arguments { add(argument) }
    }

    private mutating func add(_ argument: String) {
        if argument == "-" { return append(argument) }
        let info: FileInfo?
        do {
            info = try FileInfo.of(argument, followLinks: true)
        } catch {
            return fail(argument, error.reason)
        }
        switch info?.kind {
        case .directory?: walk(argument)
        case .some: append(argument)
        case nil where argument.contains { "*?[".contains($0) }: expand(argument)
        case nil:
            if (try? FileInfo.of(argument)) != nil { return fail(argument, "it is a link to nothing") }
            failures.append(
                Diagnostic(
                    code: "lint.read", "there is no file '\(SafeText.text(argument))'", hint: Self.near(argument)))
        }
    }

    private mutating func append(_ path: String) {
        if seen.insert(path).inserted { files.append(path) }
    }

    private mutating func fail(_ path: String, _ reason: String) {
        failures.append(
            Diagnostic(code: "lint.read", "cannot read '\(SafeText.text(path))'", causes: [reason]))
    }

    /// A name in the same directory that was meant.
    private static func near(_ path: String) -> String? {
        let (directory, name) = split(path)
        return Suggestion.hint(for: name, in: names(directory) ?? [])
    }

    // MARK: Directories

    private mutating func walk(_ directory: String) {
        let count = files.count + failures.count
        let prefix = directory == "." ? "" : directory.hasSuffix("/") ? directory : directory + "/"
        visit(prefix, depth: 0)
        guard files.count + failures.count == count, !seen.contains(where: { $0.hasPrefix(prefix) }) else { return }
        failures.append(
            Diagnostic(
                code: "lint.nothing", "there is no Dockerfile in '\(SafeText.text(directory))'",
                hint: "name the file if it is called otherwise, or give a pattern such as '**/*.docker'"))
    }

    private mutating func visit(_ prefix: String, depth: Int) {
        guard depth < Self.depthLimit else { return fail(prefix, "directories are nested too deeply") }
        guard let names = Self.names(prefix.isEmpty ? "." : prefix) else {
            return fail(prefix.isEmpty ? "." : prefix, SystemError(errno, "list directory").reason)
        }
        for name in names {
            let path = prefix + name
            guard let info = try? FileInfo.of(path) else { continue }
            switch info.kind {
            case .directory:
                if !name.hasPrefix("."), !Self.skipped.contains(name) { visit(path + "/", depth: depth + 1) }
            case .file: if DockerfileName.matches(name) { append(path) }
            case .symlink:
                let isFile = (try? FileInfo.of(path, followLinks: true))?.kind == .file
                if isFile, DockerfileName.matches(name) { append(path) }
            default: break
            }
        }
    }

    /// Nil when the directory can't be read.
    private static func names(_ directory: String) -> [String]? {
        guard let descriptor = try? FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NONBLOCK),
            let names = try? Directory.names(descriptor)
        else { return nil }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = String(path[..<slash])
        return (directory.isEmpty ? "/" : directory, String(path[path.index(after: slash)...]))
    }

    // MARK: Patterns

    private mutating func expand(_ pattern: String) {
        let pieces = pattern.split(separator: "/").map(String.init)
        let count = files.count
        let before = seen
        match(pieces[...], prefix: pattern.hasPrefix("/") ? "/" : "", depth: 0)
        if files.count == count, before == seen, !matchedAgain {
            failures.append(
                Diagnostic(
                    code: "lint.nothing", "no file matches '\(SafeText.text(pattern))'",
                    hint: "** stands for any number of directories; hidden ones are left out"))
        }
        matchedAgain = false
    }

    /// A pattern matched a file that an argument before it had.
    private var matchedAgain = false

    private mutating func match(_ pieces: ArraySlice<String>, prefix: String, depth: Int) {
        guard let piece = pieces.first, depth < Self.depthLimit else { return }
        let rest = pieces.dropFirst()
        if piece == "**" {
            match(rest.isEmpty ? ["*"] : rest, prefix: prefix, depth: depth)
            for name in directories(prefix) { match(pieces, prefix: prefix + name + "/", depth: depth + 1) }
            return
        }
        if !piece.contains(where: { "*?[".contains($0) }) { return step(piece, rest, prefix, depth) }
        for name in Self.names(prefix.isEmpty ? "." : prefix) ?? [] where fnmatch(piece, name, FNM_PERIOD) == 0 {
            step(name, rest, prefix, depth)
        }
    }

    private mutating func step(_ name: String, _ rest: ArraySlice<String>, _ prefix: String, _ depth: Int) {
        let path = prefix + name
        guard let info = try? FileInfo.of(path, followLinks: true) else { return }
        if !rest.isEmpty {
            if info.kind == .directory { match(rest, prefix: path + "/", depth: depth + 1) }
        } else if info.kind == .file, !DockerfileName.isOther(name) {
            if seen.contains(path) { matchedAgain = true }
            append(path)
        }
    }

    /// Directories that `**` stands for.
    private func directories(_ prefix: String) -> [String] {
        (Self.names(prefix.isEmpty ? "." : prefix) ?? []).filter { name in
            !name.hasPrefix(".") && !Self.skipped.contains(name)
                && (try? FileInfo.of(prefix + name))?.kind == .directory
        }
    }
}

/// What Dockerfiles are called.
enum DockerfileName {
    /// Endings of programs and texts about Dockerfiles, which nobody means by a pattern.
    private static let sources: Set = [
        "orig", "bak", "rej", "swp", "md", "rst", "html", "go", "py", "js", "ts", "sh", "rb", "java", "rs", "c", "h",
        "swift",
    ]
    /// Endings of files that are about a Dockerfile and are none.
    private static let others = sources.union([
        "dockerignore", "tmp", "txt", "json", "yaml", "yml", "toml", "lock", "j2", "jinja", "jinja2", "tmpl", "tpl",
        "template", "erb", "mustache", "in",
    ])

    /// Whether a file that a pattern finds is about a Dockerfile, or is the source of a program that works on them.
    static func isOther(_ name: String) -> Bool {
        let name = name.lowercased()
        if name.hasSuffix(".dockerignore") { return true }
        return ["dockerfile", "containerfile"].contains(where: name.hasPrefix)
            && name.split(separator: ".").dropFirst().last.map { sources.contains(String($0)) } ?? false
    }

    static func matches(_ name: String) -> Bool {
        let name = name.lowercased()
        if name.hasSuffix("~") { return false }
        for base in ["dockerfile", "containerfile"] {
            if name == base || name.hasSuffix("." + base) { return true }
            guard name.hasPrefix(base), let next = name.utf8.dropFirst(base.utf8.count).first else { continue }
            let isSeparated = [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(next)
            let ending = name.split(separator: ".").last.map(String.init) ?? ""
            return isSeparated && !others.contains(ending)
        }
        return false
    }
}
