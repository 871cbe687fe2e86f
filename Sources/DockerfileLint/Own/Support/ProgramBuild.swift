import DockerfileSyntax
import ShellSyntax

/// A command of RUN that compiles a program.
struct ProgramBuild {
    enum Language {
        case go, c, rust, swift
    }

    let language: Language
    let statement: LintStatement
    let command: ShellCommand
    /// The index of `build` and the like in the command's words, behind which switches may stand.
    let verb: Int
    /// The path that the compiler is told to write, made absolute; nil when it isn't told.
    var output: String?
    /// The directory that a build system fills; nil for compilers.
    var tree: String?
    /// The directory in which the command runs.
    var directory: String

    init?(_ command: ShellCommand, in statement: LintStatement, directory: String) {
        let words = command.words
        var first = 0
        if words.first?.text == "env" {
            first = words.dropFirst().firstIndex { !$0.text.contains("=") } ?? words.count
        }
        guard first < words.count else { return nil }
        let verb = first + 1 < words.count ? words[first + 1].text : ""
        switch words[first].text {
        case "go" where verb == "build" || verb == "install": language = .go
        case "cargo" where verb == "build" || verb == "install" || verb == "b": language = .rust
        case "rustc": language = .rust
        case "swift" where verb == "build": language = .swift
        case let name where Self.isCompiler(name): language = .c
        case "cmake" where verb == "--build": language = .c
        default: return nil
        }
        self.statement = statement
        self.command = command
        self.directory = directory
        self.verb = language == .c || words[first].text == "rustc" ? first : first + 1
        if language == .c, command.hasArgument("-c") { return nil }
        if let word = Self.value(of: "-o", in: words) { output = PathText.joined(directory, word) }
        if words[first].text == "cmake" {
            guard first + 2 < words.count, !words[first + 2].hasExpansion else { return nil }
            (tree, output) = (PathText.joined(directory, words[first + 2].text), nil)
            return
        }
        if language == .c, output == nil { return nil }
    }

    private static func isCompiler(_ name: String) -> Bool {
        switch name {
        case "gcc", "cc", "g++", "c++", "clang", "clang++": true
        default: name.hasSuffix("-gcc") || name.hasSuffix("-g++")
        }
    }

    /// The word behind a switch, or what follows it after `=`.
    static func value(of name: String, in words: [ShellWord]) -> String? {
        for (index, word) in words.enumerated() {
            if word.text == name, index + 1 < words.count { return words[index + 1].text }
            if word.text.hasPrefix(name + "=") { return String(word.text.dropFirst(name.count + 1)) }
        }
        return nil
    }

    /// The program at a path of the stage may be what this command makes.
    func makes(_ path: String, copies: [(from: String, to: String)]) -> Bool {
        if isOutput(path) { return true }
        return copies.contains { $0.to == path && isOutput($0.from) }
    }

    private func isOutput(_ path: String) -> Bool {
        if let tree { return PathText.isInside(path, tree) && !PathText.name(of: path).contains(".") }
        switch language {
        case .rust where output == nil:
            return path.contains("/release/") || path.contains("/debug/") || path.contains("cargo/bin/")
        case .swift: return path.contains("/.build/") || path.contains("/release/")
        case .go where output == nil:
            if command.words[verb].text == "install" { return path.contains("go/bin/") }
            // Named after its module or directory: some file without an ending in the directory where it was built.
            let inside = PathText.directory(of: path) == directory
            return inside && !PathText.name(of: path).contains(".")
        default: break
        }
        guard let output else { return false }
        if output == path || PathText.isInside(output, path) { return true }
        // `-o DIRECTORY/` takes the programs of several packages.
        return output.hasSuffix("/") && PathText.isInside(path, String(output.dropLast()))
    }
}

/// Paths as texts, with `/` between names.
enum PathText {
    /// A path as seen from a directory, without `.` and empty parts; a slash at the end stays.
    static func joined(_ directory: String, _ path: String) -> String {
        var parts: [Substring] = path.hasPrefix("/") ? [] : directory.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let joined = "/" + parts.joined(separator: "/")
        return path.hasSuffix("/") && !parts.isEmpty ? joined + "/" : joined
    }

    static func directory(of path: String) -> String {
        let parts = path.split(separator: "/")
        return "/" + parts.dropLast().joined(separator: "/")
    }

    static func name(of path: String) -> Substring {
        let slash = UInt8(ascii: "/")
        guard let last = path.utf8.lastIndex(where: { $0 != slash }) else { return "" }
        let end = path.utf8.index(after: last)
        let start = path.utf8[..<end].lastIndex(of: slash).map { path.utf8.index(after: $0) } ?? path.startIndex
        return path[start..<end]
    }

    /// The path lies in the directory, at any depth.
    static func isInside(_ path: String, _ directory: String) -> Bool {
        let directory = directory.hasSuffix("/") ? directory : directory + "/"
        return path.hasPrefix(directory)
    }
}
