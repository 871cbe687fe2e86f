import Core
import Glibc
import Projects

/// What is told of a project and of its files.
enum InitReport {
    static func conclusions(_ project: Project) -> String {
        var table = Table(["WHAT", "CONCLUSION", "BECAUSE OF"])
        for item in project.conclusions { table.add([item.about, item.what, item.why]) }
        let remarks = project.remarks.map { "note: " + SafeText.text($0) }
        return ([table.text] + remarks).joined(separator: "\n")
    }

    static func states(_ plan: InitPlan, isDry: Bool) -> String {
        plan.files.map { file, state in
            let isWritten = plan.writes.contains(file)
            let word: String
            switch state {
            case .new: word = isDry ? "would write" : "wrote"
            case .same: word = "unchanged"
            case .outdated: word = isDry ? "would update" : "updated"
            case .changed, .foreign: word = isWritten ? (isDry ? "would overwrite" : "overwrote") : "kept"
            }
            let why =
                isWritten || state == .same
                ? ""
                : state == .changed
                    ? " (changed since sampan init wrote it; --force overwrites it)"
                    : " (sampan init did not write it; --force overwrites it)"
            return "\(word) \(file.path)\(why)"
        }.joined(separator: "\n")
    }

    /// The texts that would be written, each behind its name.
    static func contents(_ plan: InitPlan) -> String {
        plan.writes.map { "==> \($0.path) <==\n\($0.text)" }.joined(separator: "\n")
    }

    /// The commands that make the image, as they are typed where init was: recipes and the policy are found from the
    /// project's directory alone.
    static func next(_ project: Project, directory: String) -> String {
        let isHere = resolved(directory) == resolved(".")
        let place = isHere ? "" : "cd \(SafeText.text(shellWord(directory))) && "
        return "next: \(place)sampan build -t \(project.name) . && sampan check \(project.name)"
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// A path as a shell takes it for one word, and cd for no option.
    private static func shellWord(_ path: String) -> String {
        let text = path.hasPrefix("-") ? "./" + path : path
        let isPlain = text.utf8.allSatisfy {
            ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || "._-/+@".utf8.contains($0)
        }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
