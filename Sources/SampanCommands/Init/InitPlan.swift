import HostOS
import Projects

/// What becomes of each file.
struct InitPlan {
    /// The files with what is there already.
    let files: [(file: WrittenFile, state: WrittenFile.State)]
    /// Those that are written.
    let writes: [WrittenFile]
    /// Those that stay as somebody made them.
    let kept: [(file: WrittenFile, state: WrittenFile.State)]

    func isSame(as other: InitPlan) -> Bool { files.map(\.state) == other.files.map(\.state) }

    init(_ files: [WrittenFile], in folder: ProjectFolder, isForced: Bool) throws {
        self.files = try files.map { ($0, $0.state(of: try folder.read($0.path))) }
        writes = self.files.filter { $0.state == .new || $0.state == .outdated || (isForced && $0.state != .same) }.map(
            \.file)
        kept = isForced ? [] : self.files.filter { $0.state == .changed || $0.state == .foreign }
    }
}
