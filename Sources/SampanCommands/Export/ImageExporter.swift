import Archive
import BuildGraph
import ContentStore
import Core
import Glibc
import HostOS
import Layers
import OCI

/// Writes a built image where `--output` says.
struct ImageExporter {
    let store: Store
    let layers: LayerService
    /// The time of the files that were made, in seconds since 1970.
    let epoch: Int64

    func write(_ image: BuiltImage, state: StageState, tags: [Reference], to output: OutputSpec) async throws {
        switch output.kind {
        case .image: return
        case .tar, .local:
            let contents = try await layers.files(state.layers, epoch: epoch)
            try await BlockingPool.compute.run { try RootFileSystem.write(contents, to: output) }
        case .oci, .ociArchive, .docker:
            var names = tags
            if let name = output.name { names.append(try Reference(parsing: name)) }
            let (store, chosen) = (store, names)
            try await BlockingPool.compute.run {
                try StoreLayouts.write(image.manifest, names: chosen, to: output, store: store)
            }
        }
    }
}

/// The files of an image, without its configuration, as a tar or a directory.
enum RootFileSystem {
    static func write(_ contents: LayerContents, to output: OutputSpec) throws {
        if output.kind == .local { return try unpack(contents, output.destination) }
        let writer = LayerWriter(LayerWriter.Options(timestamps: .keep))
        if output.destination == "-" {
            _ = try writer.writeTar(contents, to: DescriptorSink(.duplicating(1)))
            return
        }
        let file = try AtomicFile(output.destination)
        try OutputFile.naming(output.destination) {
            _ = try writer.writeTar(contents, to: DescriptorSink(file.descriptor))
        }
        try file.publish()
    }

    private static func unpack(_ contents: LayerContents, _ path: String) throws {
        try Directory.create(path)
        let root = try HostDirectory.open(path)
        guard try Directory.names(root.descriptor).isEmpty else {
            throw Diagnostic(
                code: "output.not-empty", "the directory '\(path)' is not empty",
                hint:
                    "give one that is empty or does not exist: files of an earlier result would be mixed with new ones")
        }
        var options = LayerUnpacker.Options()
        options.overlay = .none
        options.owners = geteuid() == 0
        options.devices = geteuid() == 0 ? .create : .skip
        options.attributes = .permitted
        try LayerUnpacker(into: root, options: options).unpack(contents)
    }
}

/// Files that the user asked for.
enum OutputFile {
    /// Names the file in errors of writing to it, which know a descriptor alone.
    static func naming(_ path: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch var error as SystemError where error.path == nil && error.operation == "write" {
            error.path = path
            throw error
        }
    }
}
