import Core
import ImageAnalysis
import Layers

/// Whether programs find what they are linked to.
enum LinkageRule: PolicyRule {
    static let name = "linkage"
    static let title = "programs start"
    static let help =
        "A program whose loader, library or symbol version is not in the image ends before its first line. The files of the image alone are looked at; nothing is run."
    static let keys = [
        SettingKey(
            "require", .choice(["resolved", "static"]),
            "resolved: every library is in the image; static: none is needed. resolved unless said otherwise."),
        SettingKey(
            "programs", .choice(["entrypoint", "all"]),
            "Which programs are meant: what the image starts, unless said otherwise."),
        SettingKey(
            "runtime", .flag,
            "Whether what programs want later must be there too: certificates, time zones, users, /tmp."),
        SettingKey("allow", .paths, "Programs that need not start."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let allowed = settings.paths("allow")
        let isAll = settings.choice("programs") == "all"
        let programs = input.explanation.programs.filter { isAll || $0.isEntrypoint }
        if programs.isEmpty, !isAll {
            return [
                PolicyFinding(
                    "the image says of no program that it starts it", hint: "add ENTRYPOINT or CMD", key: "programs",
                    place: input.place(of: "ENTRYPOINT"))
            ]
        }
        var list = FindingList()
        for program in programs where !allowed.contains(where: { $0.matches(program.path) }) {
            let node = try? input.image.tree.lookup(program.path)
            let place =
                node.flatMap { input.place(ofLayer: $0.layer) }
                ?? (program.isEntrypoint ? input.place(of: "ENTRYPOINT") : nil)
            func add(_ message: String, _ hint: String?, _ key: String) {
                list.add(PolicyFinding(message, hint: hint, key: key, path: program.path, place: place))
            }
            switch program.start {
            case .isStatic: break
            case .resolves(let libraries):
                if settings.choice("require") == "static" {
                    add(
                        "\(SafeText.path(program.path)) is linked to \(libraries.count) libraries",
                        "link it statically: CGO_ENABLED=0, -static, -static-stdlib", "require")
                }
            case .fails(let missing):
                let list = missing.prefix(5).map(describe).joined(separator: "; ")
                let more = missing.count > 5 ? "; and \(missing.count - 5) more" : ""
                add(
                    "\(SafeText.path(program.path)) does not start: \(list)\(more)",
                    missing.first.map(hint), "require")
            }
            guard settings.flag("runtime") == true else { continue }
            for gap in program.gaps {
                add(
                    "\(SafeText.path(program.path)) will miss \(gap.missing)", "copy it from a base that has it",
                    "runtime")
            }
        }
        return list.findings
    }

    private static func hint(_ missing: ProgramVerdict.Missing) -> String {
        switch missing {
        case .program: "correct ENTRYPOINT or CMD, or copy the program to where they name it"
        case .notExecutable: "copy it with COPY --chmod=755"
        case .user: "write the number in USER, which needs no entry in /etc/passwd"
        case .architecture: "build it for the image's platform"
        case .shell: "write ENTRYPOINT or CMD as a list, which needs no shell"
        case .interpreter, .library, .version, .scriptInterpreter, .unknownFormat:
            "see sampan inspect: it says on which bases it would"
        }
    }

    static func describe(_ missing: ProgramVerdict.Missing) -> String {
        switch missing {
        case .program(let name): "there is no program '\(name)'"
        case .notExecutable(let path): "\(SafeText.path(path)) may not be executed"
        case .interpreter(let path): "its loader \(path) is missing"
        case .library(let name, let user): "\(name) is missing, which \(SafeText.path(user)) needs"
        case .version(let version, let library, let user):
            "\(SafeText.path(library)) has no \(version), which \(SafeText.path(user)) needs"
        case .shell(let shell): "it wants the shell \(shell), which is missing"
        case .architecture(let own, let image): "it is for \(own), the image for \(image)"
        case .scriptInterpreter(let program, let script): "\(SafeText.path(script)) wants \(program), which is missing"
        case .user(let name): "the user '\(name)' is unknown in the image"
        case .unknownFormat(let path): "\(SafeText.path(path)) is neither a program nor a script"
        }
    }
}
