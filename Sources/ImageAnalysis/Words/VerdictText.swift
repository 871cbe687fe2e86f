package import Binaries
internal import Core

/// Verdicts in words.
package enum VerdictText {
    package static func start(_ start: ProgramVerdict.Start) -> String {
        switch start {
        case .isStatic: "static"
        case .resolves(let libraries):
            libraries.isEmpty ? "starts" : "all \(count(libraries.count, "library", "libraries")) found"
        case .fails(let missing): missing.first.map { text($0) + more(missing.count - 1) } ?? "does not start"
        }
    }

    package static func isFailure(_ start: ProgramVerdict.Start) -> Bool {
        if case .fails = start { true } else { false }
    }

    private static func more(_ count: Int) -> String { count > 0 ? ", and \(count) more" : "" }

    package static func text(_ missing: ProgramVerdict.Missing) -> String {
        switch missing {
        case .program(let name): "there is no program '\(SafeText.text(name))'"
        case .notExecutable(let path): "\(SafeText.path(path)) is not executable"
        case .interpreter(let path): "lacks its loader \(SafeText.text(path))"
        case .library(let name, let user): "lacks \(SafeText.text(name)) for \(SafeText.path(user))"
        case .version(let version, let library, let user):
            "\(SafeText.path(library)) lacks \(SafeText.text(version)) for \(SafeText.path(user))"
        case .shell(let path): "wants the shell \(SafeText.text(path))"
        case .architecture(let own, let image): "is for \(SafeText.text(own)), the image for \(SafeText.text(image))"
        case .scriptInterpreter(let path, let script):
            "lacks \(SafeText.text(path)) for the script \(SafeText.path(script))"
        case .user(let name): "there is no user '\(SafeText.text(name))' in /etc/passwd"
        case .unknownFormat(let path): "\(SafeText.path(path)) is no program, and no script with a #! line"
        }
    }

    package static func need(_ need: BinaryFacts.Need) -> String {
        switch need {
        case .certificates: "certificates, for TLS"
        case .timeZones: "time zones"
        case .users: "users and groups"
        case .names: "host names"
        case .temporaryFiles: "temporary files"
        case .shell: "other programs"
        }
    }

    package static func count(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
}
