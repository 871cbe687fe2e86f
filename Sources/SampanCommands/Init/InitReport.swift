import Core
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

    static func next(_ project: Project, directory: String) -> String {
        let place = directory == "." ? "." : SafeText.text(directory)
        return "next: sampan build -t \(project.name) \(place) && sampan check \(project.name)"
    }
}
