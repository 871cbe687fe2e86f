import Core
import ImageAnalysis
import Layers

/// Programs that run with others' rights.
enum SetuidRule: PolicyRule {
    static let name = "setuid"
    static let title = "no program takes another user's rights"
    static let help = "A setuid or setgid program is a way from an ordinary user to root."
    static let keys = [SettingKey("allow", .paths, "Programs that may.")]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let allowed = settings.paths("allow")
        var list = FindingList()
        for node in input.nodes where node.entry.isFile && node.entry.mode & 0o6000 != 0 {
            guard node.entry.mode & 0o111 != 0, !allowed.contains(where: { $0.matches(node.path) }) else { continue }
            let isUser = node.entry.mode & 0o4000 != 0
            list.add(
                PolicyFinding(
                    "\(SafeText.path(node.path)) is \(isUser ? "setuid" : "setgid")",
                    hint:
                        "take the right away where it is made: chmod \(isUser ? "u-s" : "g-s") \(SafeText.word(node.path))",
                    path: node.path,
                    place: input.place(ofLayer: node.layer), weight: node.entry.size))
        }
        return list.findings
    }
}

/// Files and directories that everybody may write.
enum WorldWritableRule: PolicyRule {
    static let name = "world-writable"
    static let title = "not everybody may write files of the image"
    static let help =
        "What every user may write, any process may replace. Directories with the sticky bit, such as /tmp, are fine."
    static let keys = [SettingKey("allow", .paths, "Files and directories that may be written.")]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let allowed = settings.paths("allow")
        var list = FindingList()
        for node in input.nodes where node.entry.mode & 0o002 != 0 {
            guard node.entry.isFile || node.entry.isDirectory && node.entry.mode & 0o1000 == 0,
                !allowed.contains(where: { $0.matches(node.path) })
            else { continue }
            list.add(
                PolicyFinding(
                    "everybody may write \(SafeText.path(node.path))",
                    hint: "chmod o-w \(SafeText.word(node.path)) where it is made", path: node.path,
                    place: input.place(ofLayer: node.layer), weight: node.entry.size))
        }
        return list.findings
    }
}
