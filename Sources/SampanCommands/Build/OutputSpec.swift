package import Core
package import Layers

/// One `--output`: what to write and where. Types and fields are those of `docker buildx build`.
package struct OutputSpec: Sendable, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        /// An OCI layout as a directory.
        case oci
        /// An OCI layout as a tar file.
        case ociArchive = "oci-archive"
        /// What `docker load` reads; without a destination the daemon gets it.
        case docker
        /// The files of the image as one tar.
        case tar
        /// The files of the image in a directory.
        case local
        /// The store; where every result is anyway.
        case image
        /// A registry.
        case registry
    }

    package var kind: Kind
    /// A path; `-` is standard output for the kinds that are one file. Empty for the store, a registry and a daemon.
    package var destination: String
    /// Names for the image in the output; empty for those of `--tag`.
    package var names: [Reference] = []
    /// How layers are packed; nil leaves it to others.
    package var compression: Layers.LayerCompression?

    /// Whether a daemon gets the image.
    package var isDaemon: Bool { kind == .docker && destination.isEmpty }

    /// Whether there is a place for what is attached to an image.
    package var takesAttestations: Bool { kind == .registry || kind == .oci || kind == .ociArchive }

    /// Whether the result goes to standard output, which then has no room for anything else.
    package var isStandardOutput: Bool { destination == "-" }

    private static let form =
        "type=oci|oci-archive|docker|tar|local|image|registry[,dest=PATH][,name=NAME][,compression=gzip|zstd][,push=true]"

    package init(_ kind: Kind, destination: String = "") {
        (self.kind, self.destination) = (kind, destination)
    }

    /// Reads `type=…,dest=…`; a path alone is a directory to write the files to, `-` alone a tar on standard output.
    package init(parsing text: String) throws {
        if text == "-" {
            self.init(.tar, destination: "-")
            return
        }
        guard text.contains("=") else {
            guard !text.isEmpty else { throw BuildOptions.usage("output", text, Self.form) }
            self.init(.local, destination: text)
            return
        }
        let fields = try BuildOptions.fields(
            "output", text,
            known: [
                "type", "dest", "destination", "name", "push", "compression", "tar", "oci-mediatypes",
                "rewrite-timestamp",
            ], form: Self.form)
        self.init(try Self.kind(fields), destination: fields["dest"] ?? fields["destination"] ?? "")
        names = try (fields["name"] ?? "").split(separator: ",").map { try Reference(parsing: String($0)) }
        compression = try fields["compression"].map(Self.compression)
        // Both say how everything is written here in any case; the opposite would be another image.
        for (field, only) in [("oci-mediatypes", "true"), ("rewrite-timestamp", "true")] {
            if let value = fields[field], value != only {
                throw Diagnostic(
                    code: "usage.output", "--output cannot have \(field)=\(value)",
                    hint: field == "oci-mediatypes"
                        ? "build as it is, then: sampan copy --format docker SOURCE DESTINATION"
                        : "times of files are those of SOURCE_DATE_EPOCH, so that builds are reproducible",
                    exitCode: 64)
            }
        }
        try check()
    }

    private static func kind(_ fields: [String: String]) throws -> Kind {
        let type = fields["type"] ?? ""
        guard let kind = Kind(rawValue: type) ?? (type == "store" ? .image : nil) else {
            throw Diagnostic(
                code: "usage.output", "--output has no type '\(type)'",
                hint: Suggestion.hint(for: type, in: Kind.allCases.map(\.rawValue))
                    ?? "types are \(Kind.allCases.map(\.rawValue).joined(separator: ", "))", exitCode: 64)
        }
        let push = try flag("push", fields)
        let isTar = try flag("tar", fields)
        guard push == nil || kind == .image || kind == .registry, isTar == nil || kind == .oci else {
            throw Diagnostic(
                code: "usage.output", "--output type=\(type) has no \(push == nil ? "tar" : "push")=",
                hint: push == nil ? "tar= goes with type=oci" : "push= goes with type=image and type=registry",
                exitCode: 64)
        }
        switch kind {
        case .oci:
            // buildx writes a file here; whoever names one wants one.
            let destination = fields["dest"] ?? fields["destination"] ?? ""
            return isTar ?? (destination == "-" || destination.hasSuffix(".tar")) ? .ociArchive : .oci
        case .image: return push == true ? .registry : .image
        case .registry: return push == false ? .image : .registry
        default: return kind
        }
    }

    private static func flag(_ name: String, _ fields: [String: String]) throws -> Bool? {
        guard let value = fields[name] else { return nil }
        guard let flag = Bool(value) else {
            throw BuildOptions.usage("output", "\(name)=\(value)", "\(name)=true or \(name)=false")
        }
        return flag
    }

    private static func compression(_ name: String) throws -> Layers.LayerCompression {
        switch name {
        case "gzip": return .gzip
        case "zstd": return .zstd
        case "uncompressed": return .none
        default:
            throw Diagnostic(
                code: "usage.output", "--output cannot compress with '\(name)'",
                hint: "gzip, zstd and uncompressed are supported", exitCode: 64)
        }
    }

    private func check() throws {
        let isPlaceless = kind == .image || kind == .registry
        if destination.isEmpty, !isPlaceless, kind != .docker {
            throw Diagnostic(
                code: "usage.output", "--output type=\(kind.rawValue) needs a destination", hint: "add dest=PATH",
                exitCode: 64)
        }
        if !destination.isEmpty, isPlaceless {
            throw Diagnostic(
                code: "usage.output", "--output type=\(kind.rawValue) has no dest=",
                hint: "name the image with name= or --tag", exitCode: 64)
        }
        if isStandardOutput, kind == .oci || kind == .local {
            throw Diagnostic(
                code: "usage.output",
                "--output type=\(kind.rawValue) writes a directory, which standard output cannot be",
                hint: "use type=oci-archive or type=tar", exitCode: 64)
        }
    }
}
