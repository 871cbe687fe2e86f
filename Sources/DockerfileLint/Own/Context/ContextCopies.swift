import Core
import DockerfileSyntax

/// A COPY or ADD of files that come from the build context.
struct ContextCopy {
    let statement: LintStatement
    let source: Word
    /// From the context's root, without slashes at its ends; empty for the whole context.
    let path: String

    var isWhole: Bool { path.isEmpty }
}

extension LintFile {
    /// Everything that COPY and ADD take from the context by name, patterns only when they mean all of it.
    var contextCopies: [ContextCopy] {
        var out: [ContextCopy] = []
        for statement in statements {
            let transfer: Transfer
            switch statement.command {
            case .copy(let copy) where copy.from == nil: transfer = copy.transfer
            case .add(let add): transfer = add.transfer
            default: continue
            }
            for case .path(let word) in transfer.sources {
                guard !word.text.contains("://"), !word.text.hasPrefix("git@"), !word.text.contains("$") else {
                    continue
                }
                var path = PathText.joined("/", word.text).dropFirst()
                if path.last == "/" { path = path.dropLast() }
                if path == "*" { path = "" }
                out.append(ContextCopy(statement: statement, source: word, path: String(path)))
            }
        }
        return out
    }
}

/// What of a build context a copy takes, as far as a short look tells.
struct ContextLook {
    private let project: any LintProject
    private let matcher: IgnoreMatcher?
    private let ignoreName: String

    private static let nameLimit = 2_000
    private static let depthLimit = 4

    init?(_ file: LintFile) {
        guard let project = file.project else { return nil }
        self.project = project
        guard let ignore = project.ignoreFile else {
            matcher = nil
            ignoreName = ""
            return
        }
        ignoreName = ignore.name
        // A faulty ignore file stops the build, which says more about it.
        guard let matcher = try? IgnoreMatcher(SourceFile(name: ignore.name, bytes: ignore.bytes)) else { return nil }
        self.matcher = matcher
    }

    var hasIgnoreFile: Bool { project.ignoreFile != nil }

    func isTaken(_ path: String) -> Bool { !(matcher?.excludes(BytePath(cleaning: path)) ?? false) }

    func contents(of path: String) -> [UInt8]? { project.contents(of: path) }

    /// Paths below a directory that the copy takes and that a closure wants. Directories that it wants aren't entered.
    /// - Parameter purpose: what is looked for, which is looked for once a context.
    func paths(
        below root: String, for purpose: String, where wanted: (_ path: String, _ isDirectory: Bool) -> Bool
    ) -> [String] {
        project.remembered("\(purpose)\0\(ignoreName)\0\(root)") { search(root, wanted) }
    }

    private func search(_ root: String, _ wanted: (_ path: String, _ isDirectory: Bool) -> Bool) -> [String] {
        var out: [String] = []
        var seen = 0
        var pending = [(path: root, depth: 0)]
        while let (directory, depth) = pending.popLast(), seen < Self.nameLimit {
            for name in project.names(in: directory) ?? [] {
                seen += 1
                let path = directory.isEmpty ? name : "\(directory)/\(name)"
                let isDirectory = !(project.names(in: path) ?? []).isEmpty
                if wanted(path, isDirectory) {
                    if isTaken(path) { out.append(path) }
                } else if isDirectory, depth < Self.depthLimit, !Self.isHuge(name) {
                    pending.append((path, depth + 1))
                }
                if seen >= Self.nameLimit { break }
            }
        }
        return out.sorted()
    }

    /// Directories that others fill.
    private static func isHuge(_ name: String) -> Bool {
        switch name {
        case ".git", "node_modules", "vendor", "testdata", ".build", "target", "venv", ".venv", "__pycache__": true
        default: false
        }
    }
}
