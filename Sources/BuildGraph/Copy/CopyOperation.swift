package import Core
package import DockerfileSyntax
package import Layers

/// What one COPY or ADD is to do, all variables expanded and all names resolved.
package struct CopyOperation: Sendable {
    package struct Owner: Hashable, Sendable {
        package var uid: UInt32
        package var gid: UInt32

        package init(uid: UInt32, gid: UInt32) {
            self.uid = uid
            self.gid = gid
        }
    }

    /// Where files come from.
    package enum Source: Sendable {
        /// A path or pattern in a tree; `pattern` is as written, with its trailing slash.
        case tree(StackTree, pattern: String, span: SourceSpan?)
        /// A file that is named and whole: a heredoc or a download.
        case file(Entry, span: SourceSpan?)
        /// All of a tree, as a git checkout gives: its contents go into the destination.
        case contents(LayerContents)
    }

    package var sources: [Source]
    /// Absolute or relative to ``workdir``; a trailing slash says that it is a directory.
    package var destination: String
    package var workdir: String
    /// Nil keeps the owners that the sources have.
    package var owner: Owner?
    package var mode: ModeChange?
    package var excludes: IgnoreMatcher?
    package var parents: Bool
    /// Whether local archives are unpacked.
    package var unpack: Bool
    package var span: SourceSpan?

    package init(
        sources: [Source], destination: String, workdir: String, owner: Owner? = nil, mode: ModeChange? = nil,
        excludes: IgnoreMatcher? = nil, parents: Bool = false, unpack: Bool = false, span: SourceSpan? = nil
    ) {
        self.sources = sources
        self.destination = destination
        self.workdir = workdir
        self.owner = owner
        self.mode = mode
        self.excludes = excludes
        self.parents = parents
        self.unpack = unpack
        self.span = span
    }
}

package enum CopyError: DiagnosticConvertible {
    case notFound(pattern: String, SourceSpan?, similar: String?)
    case notDirectory(BytePath, SourceSpan?)
    case directoryOverFile(BytePath, SourceSpan?)
    case manyIntoFile(String, SourceSpan?)
    case archive(BytePath, reason: String, SourceSpan?)

    package var diagnostic: Diagnostic {
        switch self {
        case .notFound(let pattern, let span, let similar):
            Diagnostic(
                code: "copy.not-found", "'\(pattern)' was not found", at: span,
                hint: similar.map { "did you mean '\($0)'?" }
                    ?? "paths are relative to the source's root, and .dockerignore may leave files out")
        case .notDirectory(let path, let span):
            Diagnostic(
                code: "copy.not-directory", "the destination '\(path.absolute)' is a file, not a directory", at: span)
        case .directoryOverFile(let path, let span):
            Diagnostic(
                code: "copy.directory-over-file",
                "a directory cannot take the place of '\(path.absolute)', which is not one",
                at: span)
        case .manyIntoFile(let destination, let span):
            Diagnostic(
                code: "copy.many-into-file", "several sources need a directory as destination", at: span,
                hint: "end it with a slash: '\(destination)/'")
        case .archive(let path, let reason, let span):
            Diagnostic(
                code: "copy.archive", "the archive '\(path.absolute)' cannot be unpacked", at: span, causes: [reason])
        }
    }
}
