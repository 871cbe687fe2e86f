import Archive
import Core
import Glibc
import HostOS
import Layers

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
