package import Core

/// Why no image can be planned for a project.
package enum ProjectError: Error, Equatable, DiagnosticConvertible {
    /// No file tells what it is.
    case unknown
    case notOfKind(ProjectKind, found: [ProjectKind])
    case noProgram(String, known: [String])
    /// A library, or a project whose programs can't be told.
    case nothingToRun(ProjectKind, looked: String, hint: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unknown:
            Diagnostic(
                code: "init.unknown", "nothing here tells what the project is",
                hint:
                    "known are go.mod, Package.swift, Cargo.toml, pom.xml, pyproject.toml or requirements.txt, package.json, "
                    + "CMakeLists.txt, Makefile: run it where one of them is, or name the directory")
        case .notOfKind(let kind, let found):
            Diagnostic(
                code: "init.kind", "this is no \(kind.title) project",
                hint: found.isEmpty ? nil : "it could be: " + found.map(\.rawValue).joined(separator: ", "))
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
