package import Core

/// ShellCheck's proposals, put into a Dockerfile.
package enum ShellCheckFixes {
    /// The file with the fixes of findings that are ShellCheck's, those of them that don't meet. Nil when there are none,
    /// or the file would parse worse than before.
    package static func apply(
        _ findings: [Finding], to file: LintFile
    ) -> (source: SourceFile, applied: [Finding])? {
        let chosen = FixApplier.compatible(
            findings.filter { RuleBook.isShellCheck($0.code) && $0.fix != nil })
        let bytes = FixApplier.apply(chosen.flatMap { $0.fix?.edits ?? [] }, to: file.source.bytes)
        guard bytes != file.source.bytes else { return nil }
        let source = SourceFile(name: file.source.name, bytes: bytes)
        let fixed = LintFile(parsing: source, settings: file.settings, project: file.project)
        guard fixed.errors.count <= file.errors.count else { return nil }
        return (source, chosen)
    }
}
