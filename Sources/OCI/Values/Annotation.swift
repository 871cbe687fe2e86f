// https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md

/// Keys of annotations that the project reads or writes.
package enum Annotation {
    /// The tag of an entry in the index of an image layout.
    package static let refName = "org.opencontainers.image.ref.name"
    /// The full image name of an entry, as containerd writes and reads it.
    package static let containerdName = "io.containerd.image.name"
    package static let created = "org.opencontainers.image.created"
    package static let source = "org.opencontainers.image.source"
    package static let revision = "org.opencontainers.image.revision"
    package static let version = "org.opencontainers.image.version"
    package static let title = "org.opencontainers.image.title"
    package static let baseName = "org.opencontainers.image.base.name"
    package static let baseDigest = "org.opencontainers.image.base.digest"
    /// Marks what BuildKit attaches to an index beside the images.
    package static let dockerReferenceType = "vnd.docker.reference.type"
    /// The image an attachment of BuildKit belongs to.
    package static let dockerReferenceDigest = "vnd.docker.reference.digest"
}
