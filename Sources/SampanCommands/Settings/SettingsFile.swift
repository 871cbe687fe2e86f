import Core
import Glibc
import HTTPTransport
import HostOS
import Policy
import YAML

/// A file of settings: a project's `sampan.yaml`, or the user's own.
struct SettingsFile {
    static let projectName = "sampan.yaml"
    /// Bytes; nobody writes more by hand.
    private static let limit = 1 << 20

    var registries: [String: RegistrySettings.Entry] = [:]
    /// Nil when the file has none.
    var policy: PolicyFile?

    /// The user's file: `$XDG_CONFIG_HOME/sampan/config.yaml`, else below `~/.config`.
    static func userPath(_ environment: [String: String]) -> String? {
        if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") { return config + "/sampan/config.yaml" }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return home + "/.config/sampan/config.yaml"
    }

    /// The directory whose project settings a build has: its context's where that is a directory with settings, else
    /// the working directory.
    static func project(context: String) -> String {
        let file = context + "/" + projectName
        return (try? FileInfo.of(file, followLinks: true)) != nil ? context : "."
    }

    /// - Parameter isProject: whether the file may have what a project alone decides: its policy.
    /// - Returns: nil when there is no such file.
    /// - Throws: `DiagnosticList` with all mistakes, or a `Diagnostic` for a file that can't be read.
    static func read(_ path: String, isProject: Bool = true) throws -> SettingsFile? {
        let bytes: [UInt8]
        do {
            guard let info = try FileInfo.of(path, followLinks: true) else { return nil }
            guard info.kind == .file else { throw SystemError(info.kind == .directory ? EISDIR : EINVAL, "read", path) }
            bytes = try WholeFile.read(path, limit: limit)
        } catch {
            throw Diagnostic(
                code: "settings.read", "the settings in '\(path)' can't be read",
                causes: [Diagnostic(explaining: error).message], hint: "mend the file, or take it away")
        }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return try SettingsParser(directory: directory, isProject: isProject).parse(
            SourceFile(name: path, bytes: bytes))
    }
}

/// Reads settings. All mistakes go into one report.
private struct SettingsParser {
    /// Of the file; other files are named from there.
    let directory: String
    let isProject: Bool
    let report = YAMLReport()

    func parse(_ source: SourceFile) throws(DiagnosticList) -> SettingsFile {
        // A file of comments alone says nothing, which is fine.
        guard source.lineStarts.indices.contains(where: { Self.saysSomething(source.lineBytes($0)) }) else {
            return SettingsFile()
        }
        let file = report.parse(source).flatMap { root in
            report.mapping(root, "the settings") { reader in
                SettingsFile(
                    registries: reader.node("registries").map(registries) ?? [:],
                    policy: isProject
                        ? reader.node("policy").map { PolicyReader(report, directory: directory).policy($0) } : nil)
            }
        }
        try report.check()
        return file ?? SettingsFile()
    }

    private static func saysSomething(_ line: some Sequence<UInt8>) -> Bool {
        let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        return first != nil && first != UInt8(ascii: "#")
    }

    private func registries(_ node: YAMLNode) -> [String: RegistrySettings.Entry] {
        guard case .mapping(let pairs) = node.value else {
            if !node.isRefused {
                report.add(
                    YAMLError(.wrongType(key: "registries", expected: "a mapping", found: node.kind), at: node.span))
            }
            return [:]
        }
        var out: [String: RegistrySettings.Entry] = [:]
        for pair in pairs {
            guard let name = RegistryName.parse(pair.key) else {
                report.add(SettingsError.registryName(pair.key).diagnostic, at: pair.keySpan)
                continue
            }
            guard out[name] == nil else {
                report.add(SettingsError.sameRegistry(pair.key, name: name).diagnostic, at: pair.keySpan)
                continue
            }
            out[name] = report.mapping(pair.value, "the registry \(pair.key)") { entry($0) }
        }
        return out
    }

    private func entry(_ reader: YAMLMappingReader) -> RegistrySettings.Entry {
        var entry = RegistrySettings.Entry()
        entry.mirrors = reader.values("mirrors") { text, _ in
            guard RegistryName.isMirror(text) else { throw SettingsError.mirror(Redaction.url(text)) }
            return text
        }
        entry.isInsecure = reader.bool("insecure")
        entry.authority = reader.value("ca") { try file($0) }
        let certificate = reader.value("client-certificate") { try file($0) }
        let key = reader.value("client-key") { try file($0) }
        if let certificate, let key { entry.identity = .init(certificate: certificate, key: key) }
        for (one, other) in [("client-certificate", "client-key"), ("client-key", "client-certificate")]
        where reader.contains(one) && !reader.contains(other) {
            report.add(SettingsError.halfIdentity(one, lacks: other).diagnostic, at: reader.keySpan(one))
        }
        entry.tokenServers = reader.value("token-server") { text in
            guard let name = RegistryName.parse(text) else { throw SettingsError.tokenServer(text) }
            return [name]
        }
        return entry
    }

    /// A file's path as the program can open it.
    private func file(_ text: String) throws -> String {
        guard !text.isEmpty, !text.utf8.contains(0) else { throw SettingsError.path }
        return text.hasPrefix("/") ? text : directory + "/" + text
    }
}

/// What is wrong with a value of the settings.
enum SettingsError: DiagnosticConvertible, Equatable {
    case registryName(String)
    case sameRegistry(String, name: String)
    case mirror(String)
    case tokenServer(String)
    case halfIdentity(String, lacks: String)
    case path

    var diagnostic: Diagnostic {
        switch self {
        case .registryName(let name):
            Diagnostic(
                code: "settings.registry", "'\(name)' is not a registry's host and port",
                hint: "write it as it stands in names of images, such as registry.example.com:5000")
        case .sameRegistry(let text, let name):
            Diagnostic(code: "settings.registry", "'\(text)' is \(name), which has settings already")
        case .mirror(let text):
            Diagnostic(
                code: "settings.mirror", "'\(text)' is not a mirror", hint: "the form is [https://]HOST[:PORT][/PATH]")
        case .tokenServer(let text):
            Diagnostic(
                code: "settings.token-server", "'\(text)' is not a host and port", hint: "the form is HOST[:PORT]")
        case .halfIdentity(let key, let other):
            Diagnostic(code: "settings.client", "'\(key)' needs '\(other)' beside it")
        case .path: Diagnostic(code: "settings.path", "the name of a file is empty")
        }
    }
}
