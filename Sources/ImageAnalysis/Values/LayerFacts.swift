package import ContentStore
package import Core
package import HostOS
package import Layers

/// All that is kept of a layer after reading it once.
package struct LayerFacts: Sendable {
    /// Of the uncompressed archive.
    package var diffID: Digest
    /// Bytes of the uncompressed archive.
    package var archiveSize: Int64
    /// Bytes of all contents in the archive, those of a path that comes twice counted twice.
    package var contentBytes: Int64
    /// The entries in path order. Their spans say where in the uncompressed archive content lies, and are opened with
    /// ``ImageFiles`` alone: ``archive`` is not open.
    package var contents: LayerContents
    /// What the content of each entry is, in the order of ``contents``; nil for all but files.
    package var facts: [ContentFacts?]
    /// Stands for the uncompressed archive in the spans of the entries.
    package var archive: FileDescriptor
    /// What could not be looked at, in words.
    package var remarks: [String]

    package init(
        diffID: Digest, archiveSize: Int64, contentBytes: Int64, contents: LayerContents, facts: [ContentFacts?],
        archive: FileDescriptor = Self.unopened(), remarks: [String] = []
    ) {
        self.diffID = diffID
        self.archiveSize = archiveSize
        self.contentBytes = contentBytes
        self.contents = contents
        self.facts = facts
        self.archive = archive
        self.remarks = remarks
    }

    /// A descriptor that stands for an archive and can't be read.
    package static func unopened() -> FileDescriptor { FileDescriptor(owning: -1) }
}

/// The instruction that made a layer.
package struct LayerCause: Sendable, Hashable {
    /// Where in a Dockerfile.
    package typealias Place = InstructionPlace

    /// The instruction as the history has it.
    package var instruction: String
    /// Nil for layers of others and of base images.
    package var place: Place?
    /// RFC 3339, as the history has it.
    package var created: String?

    package init(instruction: String, place: Place? = nil, created: String? = nil) {
        self.instruction = instruction
        self.place = place
        self.created = created
    }
}
