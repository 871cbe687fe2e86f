package import Core
private import FoundationEssentials
private import OCI

/// Where an instruction stands in a Dockerfile.
package struct InstructionPlace: Sendable, Hashable, Codable {
    /// The Dockerfile as it was given to the build.
    package var file: String
    /// Counted from 1.
    package var firstLine: Int
    package var lastLine: Int
    /// Its stage's name or number.
    package var stage: String

    package init(file: String, firstLine: Int, lastLine: Int, stage: String) {
        self.file = file
        self.firstLine = firstLine
        self.lastLine = lastLine
        self.stage = stage
    }
}

/// Which lines of a Dockerfile made an image. The image itself doesn't have them: a comment more must not change it.
package struct ImageSources: Sendable, Hashable, Codable {
    /// The instruction of each layer; nil for those of the base.
    package var layers: [InstructionPlace?]
    /// The last instruction of each keyword that made the configuration: `FROM`, `USER`, `ENTRYPOINT`…
    package var instructions: [String: InstructionPlace]
    /// Of the Dockerfile's bytes: its name alone may be that of another by now, or of another project.
    package var dockerfile: Digest?

    package init(
        layers: [InstructionPlace?] = [], instructions: [String: InstructionPlace] = [:], dockerfile: Digest? = nil
    ) {
        self.layers = layers
        self.instructions = instructions
        self.dockerfile = dockerfile
    }
}

extension Store {
    /// Remembers for as long as the manifest is here which lines an image comes from.
    package func recordSources(_ sources: ImageSources, of manifest: Digest) throws {
        let bytes = try CanonicalJSON.encode(sources)
        try write { (index) throws(ContentStoreError) in
            _ = try index.database.run(
                "INSERT OR REPLACE INTO image_sources (manifest, sources) VALUES (?, ?)", manifest, bytes)
        }
    }

    /// Nil when another built the image, or it was built without keeping its lines.
    package func sources(of manifest: Digest) throws -> ImageSources? {
        let bytes = try read { (index) throws(ContentStoreError) in
            try index.database.first("SELECT sources FROM image_sources WHERE manifest = ?", manifest) {
                (row) throws(ContentStoreError) in row.bytes(0)
            }
        }
        return try bytes.map { try JSONDecoder().decode(ImageSources.self, from: Data($0)) }
    }
}
