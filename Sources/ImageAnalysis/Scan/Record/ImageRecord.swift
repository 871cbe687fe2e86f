internal import ContentStore
internal import Core
internal import OCI

/// What is concluded from an image, as the store keeps it: under a digest of all that it is concluded from.
enum ImageRecord {
    /// What the image is known by; nil for one that was not looked at as a whole.
    ///
    /// The layers say what the files are, and the settings what is started and by whom. Names, history and what made the
    /// layers change nothing of what is concluded.
    static func key(_ image: AnalysedImage) -> Digest? {
        guard image.isWhole else { return nil }
        var writer = RecordWriter()
        writer.write("image")
        writer.write(image.platform.os)
        writer.write(image.platform.architecture)
        writer.write(image.platform.variant)
        let config = image.config.config
        writer.write(config.user)
        writer.write(config.workingDir)
        writer.write(config.entrypoint)
        writer.write(config.cmd)
        writer.write(config.shell)
        writer.write(config.env)
        writer.write(image.layers) {
            $0.write($1.descriptor.digest)
            $0.write($1.facts.diffID)
        }
        return SHA256.digest(of: writer.bytes)
    }

    /// Nil when the image isn't known. A damaged record is none.
    static func load(_ image: AnalysedImage, from store: Store) -> ImageFindings? {
        guard let key = key(image), let record = try? store.analysis(of: key, form: RecordForm.image) else {
            return nil
        }
        return try? decode(record, image)
    }

    /// Keeps what was found out. That it can't be kept must not take the answer away.
    static func save(_ findings: ImageFindings, of image: AnalysedImage, to store: Store) {
        guard let key = key(image), let record = try? encode(findings, image) else { return }
        try? store.recordAnalysis(of: key, form: RecordForm.image, record)
    }

    /// Nil when the record would take more than is kept.
    static func encode(_ findings: ImageFindings, _ image: AnalysedImage) throws -> [UInt8]? {
        var paths = RecordPaths(image)
        return try RecordForm.pack { $0.write(findings, &paths) }
    }

    /// - Throws: ``RecordDamage``, `ArchiveError`.
    static func decode(_ record: [UInt8], _ image: AnalysedImage) throws -> ImageFindings {
        try RecordForm.unpack(record) { reader in
            var paths = RecordPaths(image)
            return try reader.imageFindings(&paths)
        }
    }
}
