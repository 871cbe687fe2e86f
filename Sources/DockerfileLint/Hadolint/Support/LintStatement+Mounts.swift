import DockerfileSyntax

extension LintStatement {
    /// A cache or tmpfs mount of RUN lies over a directory whose path contains this text, so that what is written there
    /// is in no layer.
    func keepsOut(_ path: String) -> Bool {
        guard case .run(let run) = command else { return false }
        return run.mounts.contains { mount in
            guard let kind = mount.field(.type)?.value?.text, kind == "cache" || kind == "tmpfs" else { return false }
            return mount.field(.target)?.value?.text.contains(path) ?? false
        }
    }
}
