package import Core

/// Why no image can be planned for a project.
package enum ProjectError: Error, Equatable, DiagnosticConvertible {
    /// No file tells what it is.
    case unknown(links: [String])
    /// The file that shows what the project is can't be read, is too large or no text.
    case unreadable(String)
    case notOfKind(ProjectKind, found: [ProjectKind])
    /// A manifest that is not what its name says; the line counts from 1.
    case malformed(String, line: Int, expected: String)
    case noProgram(String, known: [String])
    /// The head of a Dockerfile records an option that there is none of.
    case badRecord(String)
    case healthWithoutPort
    case noBuilder
    /// A library, or a project whose programs can't be told.
    case nothingToRun(ProjectKind, looked: String, hint: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unknown(let links):
            Diagnostic(
                code: "init.unknown", "nothing here tells what the project is",
                causes: links.prefix(3).map { "\(SafeText.text($0)) is a symbolic link, which is not followed" },
                hint:
                    "known are go.mod, Package.swift, Cargo.toml, pom.xml, pyproject.toml or requirements.txt, package.json, "
                    + "CMakeLists.txt, Makefile, a C file with main(): run it where one of them is, or name the "
                    + "directory")
        case .unreadable(let path):
            Diagnostic(
                code: "init.unreadable", "cannot read \(SafeText.text(path)), which tells what the project is",
                causes: ["it is closed to you, larger than 1 MiB, or no text"],
                hint: "nothing was written; mend the file, or choose another with --kind")
        case .badRecord(let option):
            Diagnostic(
                code: "init.record",
                "the line '# Options:' of the Dockerfile says '\(SafeText.text(option))' as no option would",
                hint: "mend the line, or forget it with --reset")
        case .healthWithoutPort:
            Diagnostic(
                code: "init.health", "--health asks a service, and nothing tells its port", hint: "add --port PORT")
        case .noBuilder:
            Diagnostic(
                code: "init.builder",
                "--builder replaces the image of a stage that builds, and this project needs none",
                hint: "--base replaces the image of the final stage")
        case .notOfKind(let kind, let found):
            Diagnostic(
                code: "init.kind", "this is no \(kind.title) project", causes: ["there is " + kind.missing],
                hint: found.isEmpty ? nil : "it could be: " + found.map(\.rawValue).joined(separator: ", "))
        case .malformed(let path, let line, let expected):
            Diagnostic(
                code: "init.malformed", "\(SafeText.text(path)) is no valid JSON",
                causes: ["line \(line): expected \(SafeText.text(expected))"],
                hint: "nothing was written; mend the file, or choose another with --kind")
        case .noProgram(let name, let known):
            Diagnostic(
                code: "init.program", "there is no program '\(SafeText.text(name))' in the project",
                hint: Suggestion.hint(for: name, in: known)
                    ?? "there are: " + known.map(SafeText.text).joined(separator: ", "))
        case .nothingToRun(let kind, let looked, let hint):
            Diagnostic(
                code: "init.no-program", "the \(kind.title) project has no program to make an image of",
                causes: [looked], hint: hint)
        }
    }
}
