import Core

/// One `--output`: what to write and where.
package struct OutputSpec: Sendable, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        /// An OCI layout as a directory.
        case oci
        /// An OCI layout as a tar file.
        case ociArchive = "oci-archive"
        /// What `docker load` reads.
        case docker
        /// The files of the image as one tar.
        case tar
        /// The files of the image in a directory.
        case local
        /// The store; where every result is anyway.
        case image
    }

    package var kind: Kind
    /// A path; `-` is standard output for the kinds that are one file. Empty for the store.
    package var destination: String
    /// A name for the image in the output, besides those of `--tag`.
    package var name: String?

    private static let form = "type=oci|oci-archive|docker|tar|local|image,dest=PATH"

    /// Reads `type=…,dest=…`; a path alone is a directory to write the files to, `-` alone a tar on standard output.
    package init(parsing text: String) throws {
        if text == "-" {
            (kind, destination) = (.tar, "-")
            return
        }
        guard text.contains("=") else {
            guard !text.isEmpty else { throw BuildOptions.usage("output", text, Self.form) }
            (kind, destination) = (.local, text)
            return
        }
        let fields = try BuildOptions.fields(
            "output", text, known: ["type", "dest", "destination", "name", "compression", "tar"], form: Self.form)
        let type = fields["type"] ?? ""
        guard var kind = Kind(rawValue: type) ?? (type == "store" ? .image : nil) else {
            throw Diagnostic(
                code: "usage.output", "--output has no type '\(type)'",
                hint: Suggestion.hint(for: type, in: Kind.allCases.map(\.rawValue))
                    ?? "types are \(Kind.allCases.map(\.rawValue).joined(separator: ", "))", exitCode: 64)
        }
        if kind == .oci, fields["tar"] == "true" { kind = .ociArchive }
        self.kind = kind
        destination = fields["dest"] ?? fields["destination"] ?? ""
        name = fields["name"]
        if let compression = fields["compression"], compression != "gzip" {
            throw Diagnostic(
                code: "usage.output", "--output cannot compress with '\(compression)'", hint: "gzip is supported",
                exitCode: 64)
        }
        guard kind == .image || !destination.isEmpty else {
            throw Diagnostic(
                code: "usage.output", "--output type=\(type) needs a destination", hint: "add dest=PATH", exitCode: 64)
        }
        if destination == "-", kind == .oci || kind == .local {
            throw Diagnostic(
                code: "usage.output", "--output type=\(type) writes a directory, which standard output cannot be",
                hint: "use type=oci-archive or type=tar", exitCode: 64)
        }
    }
}
