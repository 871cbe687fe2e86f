import Core

/// The fields of one `--cache-to` or `--cache-from`.
struct CacheFields {
    static let defaultTag = "latest"

    /// Backends that others have and that are not here, with what does their work.
    private static let foreignTypes = ["gha", "s3", "azblob"]
    private static let types = ["registry", "local", "inline"]
    /// What each type needs to say where it is.
    private static let places = ["registry": ["ref"], "local": ["dest", "src", "tag"], "inline": ["ref"]]

    let option: String
    let type: String
    private let fields: [String: String]

    /// - Parameter own: the fields of this option beside those of all.
    init(_ option: String, _ text: String, own: [String], _ form: String) throws {
        self.option = option
        // The last two say what an export is in any case.
        let known = ["type", "ref", "tag"] + own + (option == "cache-to" ? ["oci-mediatypes", "image-manifest"] : [])
        fields = try BuildOptions.fields(option, text, known: known, form: form)
        guard let type = fields["type"] else { throw BuildOptions.usage(option, text, form) }
        self.type = type
        guard Self.types.contains(type) else {
            let hint =
                Self.foreignTypes.contains(type)
                ? "use type=local and keep its directory, or type=registry"
                : Suggestion.hint(for: type, in: Self.types) ?? "types are \(Self.types.joined(separator: ", "))"
            throw Diagnostic(
                code: "usage.\(option)", "--\(option) has no type '\(type)'", hint: hint, exitCode: 64)
        }
        for name in ["oci-mediatypes", "image-manifest"] where try flag(name) == false {
            throw Diagnostic(
                code: "usage.\(option)", "--\(option) cannot write \(name)=false",
                hint: "a cache is an OCI image manifest; leave the field out", exitCode: 64)
        }
    }

    subscript(_ name: String) -> String? { fields[name] }

    func invalid(_ name: String, _ value: String, _ words: [String]) -> Diagnostic {
        Diagnostic(
            code: "usage.\(option)", "--\(option) has no \(name) '\(value)'",
            hint: Suggestion.hint(for: value, in: words) ?? "it can be \(words.joined(separator: " or "))", exitCode: 64
        )
    }

    func flag(_ name: String) throws -> Bool? {
        switch fields[name] {
        case nil: nil
        case "true", "1": true
        case "false", "0": false
        case let value?: throw invalid(name, value, ["true", "false"])
        }
    }

    func required(_ name: String) throws -> String {
        guard let value = fields[name], !value.isEmpty else {
            throw Diagnostic(
                code: "usage.\(option)", "--\(option) type=\(type) needs \(name)",
                hint: "add \(name)=\(name == "ref" ? "NAME" : "DIR")", exitCode: 64)
        }
        return value
    }

    func reference() throws -> Reference { try Self.reference(option, required("ref")) }

    static func reference(_ option: String, _ text: String) throws -> Reference {
        do {
            return try Reference(parsing: text)
        } catch {
            var diagnostic = Diagnostic(explaining: error)
            diagnostic.message = "--\(option): " + diagnostic.message
            diagnostic.exitCode = 64
            throw diagnostic
        }
    }

    func tag() throws -> String {
        let tag = fields["tag"] ?? Self.defaultTag
        guard (try? Reference(parsing: "a:\(tag)"))?.tag == tag else {
            throw Diagnostic(
                code: "usage.\(option)", "--\(option): '\(tag)' is not a tag",
                hint: "a tag has letters, digits, dots, dashes and underscores", exitCode: 64)
        }
        return tag
    }

    /// Refuses fields that mean something for other types only.
    func expectNoOthers(_ general: [String]) throws {
        let known = ["type", "oci-mediatypes", "image-manifest"] + general + (Self.places[type] ?? [])
        for name in fields.keys.sorted() where !known.contains(name) {
            throw Diagnostic(
                code: "usage.\(option)", "--\(option) type=\(type) has no field '\(name)'", hint: "leave it out",
                exitCode: 64)
        }
    }
}
