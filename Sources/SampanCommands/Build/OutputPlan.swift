import Core
import Layers

/// Everything that becomes of a build's result besides its place in the store.
struct OutputPlan {
    private(set) var outputs: [OutputSpec]
    /// How layers are packed, alike in all outputs: one build gives one digest.
    let compression: Layers.LayerCompression

    /// Checks what can be checked before anything is built.
    /// - Parameters:
    ///   - push: adds a registry, as `--push` does.
    ///   - load: adds the daemon, as `--load` does.
    init(_ outputs: [String], push: Bool, load: Bool, tags: [Reference], platforms: Int) throws {
        self.outputs = try outputs.map { try OutputSpec(parsing: $0) }
        if push, !self.outputs.contains(where: { $0.kind == .registry }) { self.outputs.append(OutputSpec(.registry)) }
        if load, !self.outputs.contains(where: \.isDaemon) { self.outputs.append(OutputSpec(.docker)) }
        let compressions = self.outputs.compactMap(\.compression)
        guard Set(compressions).count < 2 else {
            throw Self.usage(
                "outputs cannot be compressed differently, as their digests would differ",
                hint: "build once, then: sampan copy --compression zstd SOURCE DESTINATION")
        }
        compression = compressions.first ?? .gzip
        guard self.outputs.count(where: \.isStandardOutput) < 2 else {
            throw Self.usage("only one output can go to standard output", hint: "give the others a file with dest=")
        }
        for output in self.outputs { try Self.check(output, tags, platforms) }
    }

    private static func check(_ output: OutputSpec, _ tags: [Reference], _ platforms: Int) throws {
        if output.kind == .registry, output.names.isEmpty, tags.isEmpty {
            throw usage("an image that is pushed needs a name", hint: "add --tag REGISTRY/REPOSITORY:TAG")
        }
        if output.kind == .registry, let name = (output.names.isEmpty ? tags : output.names).first(where: isShort) {
            throw usage(
                "'\(name.familiar)' does not say where to push to",
                hint: "add --tag REGISTRY/REPOSITORY:TAG; Docker Hub's is docker.io/NAME/REPOSITORY:TAG")
        }
        guard platforms > 1 else { return }
        if output.kind == .docker {
            throw usage(
                "a docker archive or daemon holds an image for one platform, and this build makes \(platforms)",
                hint: "use type=oci, oci-archive or registry, or build for one platform")
        }
        if output.kind == .tar {
            throw usage(
                "a tar of files is of one platform, and this build makes \(platforms)",
                hint: "use type=local, which makes a directory for each, or build for one platform")
        }
    }

    /// A name of one word, which would be one of Docker Hub's own images.
    private static func isShort(_ name: Reference) -> Bool {
        name.registry == "docker.io" && name.repository.hasPrefix("library/")
    }

    private static func usage(_ message: String, hint: String) -> Diagnostic {
        Diagnostic(code: "usage.output", message, hint: hint, exitCode: 64)
    }

    /// Refuses attestations that were asked for and have no place in any output.
    func check(_ attestations: AttestationOptions) throws {
        guard attestations.isExplicit, !outputs.contains(where: \.takesAttestations) else { return }
        throw Self.usage(
            "provenance and SBOM go with images in registries and OCI layouts, and there is none among the outputs",
            hint: "add --push, or --output type=oci,dest=DIR")
    }

    /// Outputs that are files, so that every layer's bytes must be here.
    var needsBytes: Bool { outputs.contains { $0.kind != .image && $0.kind != .registry } }

    var usesStandardOutput: Bool { outputs.contains(where: \.isStandardOutput) }
}
