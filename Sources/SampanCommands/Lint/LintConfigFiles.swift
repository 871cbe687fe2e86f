import Core
import DockerfileLint
import Glibc
import HostOS

/// Finds and reads the settings that hadolint's users have.
enum LintConfigFiles {
    /// Bytes; nobody writes more by hand.
    private static let limit = 1 << 20

    /// What the environment and a file say, the file over the environment.
    /// - Parameter path: the file; nil takes the first that is where hadolint looks for one.
    /// - Returns: the settings, what is odd about them, and the file; nil when there is none.
    /// - Throws: `DiagnosticList` with all mistakes, or a `Diagnostic` for a file that can't be read.
    static func read(_ path: String?) throws -> (config: HadolintConfig, warnings: [Diagnostic], path: String?) {
        let environment = variables()
        var (config, warnings) = HadolintConfig.parse(environment: environment)
        guard let file = path ?? found(environment) else { return (config, warnings, nil) }
        let source: SourceFile
        do {
            source = SourceFile(name: file, bytes: try WholeFile.read(file, limit: limit))
        } catch {
            throw Diagnostic(
                code: "lint-config.read", "cannot read the settings '\(SafeText.text(file))'", causes: [error.reason])
        }
        let parsed = try HadolintConfig.parse(source)
        config = config.merging(parsed.config)
        warnings += parsed.warnings
        return (config, warnings, file)
    }

    /// The file that ``read(_:)`` takes, and what tells whether it changed; nil when there is none.
    static func place(_ path: String?) -> (path: String, info: FileInfo?)? {
        guard let path = path ?? found(variables()) else { return nil }
        return (path, try? FileInfo.of(path, followLinks: true))
    }

    /// Directories that can't be looked into hold no settings.
    private static func found(_ environment: [String: String]) -> String? {
        HadolintConfig.searchPaths(directory: ".", environment: environment).first { path in
            (try? FileInfo.of(path, followLinks: true))?.kind == .file
        }.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }
    }

    /// The variables that settings are read from.
    private static func variables() -> [String: String] {
        var out: [String: String] = [:]
        for line in ProgramPath.environment {
            guard line.hasPrefix("HADOLINT_") || others.contains(where: { line.hasPrefix($0 + "=") }),
                let equals = line.firstIndex(of: "=")
            else { continue }
            out[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return out
    }

    private static let others = ["NO_COLOR", "HOME", "XDG_CONFIG_HOME"]
}
