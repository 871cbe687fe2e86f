package import ArgumentParser
import ContentStore
import Core
import OCI

/// `sampan tag`.
package struct TagCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Give an image of the store another name.")

    @Argument(help: "The image: a name, a digest or the beginning of one.")
    var image: String

    @Argument(help: "The new name.")
    var name: String

    package init() {}

    package func run() throws {
        let store = try StoreAccess.open()
        defer { store.close() }
        let reference = try Reference(parsing: name)
        guard reference.digest == nil else {
            throw Diagnostic(
                code: "tag.digest", "a new name cannot have a digest", hint: "write NAME:TAG", exitCode: 64)
        }
        try store.tag(reference, manifest: StoredImage.find(image, store).manifest)
    }
}

/// `sampan rmi`.
package struct RemoveCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rmi",
        abstract: "Remove names of images; what nothing needs any more goes with 'sampan cache prune'.")

    @Argument(help: "The images: names, digests or beginnings of digests.")
    var images: [String]

    package init() {}

    package func run() throws {
        let store = try StoreAccess.open()
        defer { store.close() }
        // All are looked up before one is removed, so that a typing error removes nothing.
        let found = try images.map { (text: $0, record: try StoredImage.find($0, store)) }
        for (text, record) in found {
            if let name = record.name, let written = try? Reference(parsing: text), written == name {
                _ = try store.untag(name)
                Console.shared.output("untagged \(name.familiar)")
                continue
            }
            for other in try store.images() where other.manifest.digest == record.manifest.digest {
                if let name = other.name {
                    _ = try store.untag(name)
                    Console.shared.output("untagged \(name.familiar)")
                } else {
                    try store.removeImage(record.manifest.digest)
                    Console.shared.output("removed \(record.manifest.digest)")
                }
            }
        }
    }
}
