package import Core

/// Why an image layout or archive cannot be read or written.
package enum ImageLayoutError: DiagnosticConvertible, Equatable {
    /// Neither an OCI layout nor a docker archive.
    case notAnImage(path: String)
    /// A blob or file that the image names is not there.
    case missing(String)
    /// The bytes are not those that the name stands for.
    case wrongContent(String, expected: Digest, actual: Digest)
    case wrongSize(String, expected: Int, actual: Int)
    /// A docker archive has no image of that name.
    case noSuchImage(String, available: [String])
    /// A docker archive holds several images.
    case nameNeeded(available: [String])
    /// `manifest.json` of a docker archive is not what it should be.
    case malformedManifest(String)
    /// Indexes inside of indexes without end.
    case nestedIndexes
    /// Links in an archive that lead nowhere or in a circle.
    case brokenLink(String)
    case tooManyMembers(limit: Int)
    /// The `version` file of a plain directory is not one that is known.
    case directoryVersion
    /// A directory to write to holds something else.
    case notEmpty(path: String)
    /// What is written can hold one image alone.
    case oneImage

    package var diagnostic: Diagnostic {
        switch self {
        case .notAnImage(let path):
            Diagnostic(
                code: "layout.not-an-image", "'\(path)' holds no image",
                hint: "an OCI layout has the file oci-layout, a docker archive the file manifest.json; "
                    + "a root file system is read by sampan import")
        case .missing(let name):
            Diagnostic(
                code: "layout.missing", "the image layout lacks '\(name)'",
                hint: "the layout is incomplete; make or copy it again")
        case .wrongContent(let name, let expected, let actual):
            Diagnostic(
                code: "layout.wrong-content", "'\(name)' in the image layout is damaged",
                causes: ["expected \(expected)", "got \(actual)"], hint: "make or copy the layout again")
        case .wrongSize(let name, let expected, let actual):
            Diagnostic(
                code: "layout.wrong-size", "'\(name)' in the image layout is damaged",
                causes: ["expected \(expected) bytes", "got \(actual)"], hint: "make or copy the layout again")
        case .noSuchImage(let name, let available):
            Diagnostic(
                code: "layout.no-such-image", "the archive has no image named '\(name.prefix(200))'",
                hint: Suggestion.hint(for: name, in: available) ?? Self.list(available))
        case .nameNeeded(let available):
            Diagnostic(
                code: "layout.name-needed", "the archive holds several images", hint: Self.list(available))
        case .malformedManifest(let reason):
            Diagnostic(code: "layout.manifest", "manifest.json of the archive is malformed", causes: [reason])
        case .nestedIndexes:
            Diagnostic(
                code: "layout.nested-indexes", "the image is an index inside of an index, more than four deep",
                hint: "push or save the image itself instead of an index")
        case .brokenLink(let name):
            Diagnostic(
                code: "layout.broken-link", "the link '\(name)' in the archive leads nowhere",
                hint: "the archive is incomplete; save the image again")
        case .directoryVersion:
            Diagnostic(
                code: "layout.directory-version", "the directory has a format that is not known",
                hint: "its file 'version' should say Directory Transport Version: 1.1")
        case .notEmpty(let path):
            Diagnostic(
                code: "layout.not-empty", "'\(path)' is not empty and holds no image",
                hint: "give a directory that is empty or does not exist")
        case .oneImage:
            Diagnostic(
                code: "layout.one-image", "a docker archive holds images for one platform, not an index",
                hint: "choose one with --platform, or write an oci-archive")
        case .tooManyMembers(let limit):
            Diagnostic(
                code: "layout.too-many-members", "the archive has more than \(limit) members",
                hint: "an image archive holds a few files; a root file system is read by sampan import")
        }
    }

    private static func list(_ names: [String]) -> String {
        if names.isEmpty { return "its images have no names; leave the name out" }
        return "it has " + names.prefix(12).map { String($0.prefix(200)) }.joined(separator: ", ")
    }
}
