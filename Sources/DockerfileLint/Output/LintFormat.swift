import Core

/// The forms in which findings can be written; those that hadolint has keep its names and its keys.
package enum LintFormat: String, Sendable, CaseIterable {
    case tty, json, sarif, checkstyle, codeclimate, gitlab, junit, gnu, codacy, sonarqube
    /// hadolint's name for ``gitlab``.
    case gitlabCodeclimate = "gitlab_codeclimate"

    /// Findings leave the exit status at 0: services that take these forms read a failure of the program from it.
    package var keepsStatus: Bool { self == .codeclimate || self == .codacy }
}

/// Findings of a run, ready to be written.
package struct LintReportWriter: Sendable {
    package var files: [LintedFile]
    /// Takes the place of the files' names, in forms that other programs match with files of their own.
    package var pathInReport: String?
    package var usesColor = false
    /// Columns that text for people should keep to.
    package var width = 100
    package var version: String

    package init(_ files: [LintedFile], version: String) {
        self.files = files
        self.version = version
    }

    package func text(_ format: LintFormat) -> [UInt8] {
        switch format {
        case .tty: Array(terminal.utf8)
        case .json: SafeText.json(json)
        case .sarif: SafeText.json(sarif)
        case .checkstyle: Array(checkstyle.utf8)
        case .codeclimate: codeclimate
        case .gitlab, .gitlabCodeclimate: SafeText.json(gitlab)
        case .junit: Array(junit.utf8)
        case .gnu: Array(gnu.utf8)
        case .codacy: codacy
        case .sonarqube: SafeText.json(sonarqube)
        }
    }

    /// A file's name for programs.
    func reported(_ file: LintedFile) -> String { pathInReport ?? file.source.name }

    /// All findings with their files, in order.
    var entries: [(file: LintedFile, finding: Finding, place: LintPlace)] {
        files.flatMap { file in file.findings.map { (file, $0, LintPlace($0.range, in: file.source)) } }
    }
}
