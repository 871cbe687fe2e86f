package import Core

/// Why a layer cannot be read, unpacked or written.
package enum LayerError: DiagnosticConvertible, Equatable {
    /// A name that no file may have: a whiteout of nothing, of `.` or `..`, or a whiteout used as a directory.
    case badWhiteout(name: String)
    /// A layer that wants to hide everything below it, from the root on.
    case opaqueRoot
    /// A path goes through something that is not a directory.
    case notADirectory(path: String, through: String)
    /// More than 40 symbolic links on the way, a loop most likely.
    case tooManyLinks(path: String)
    /// A hard link to a name that is neither in the layer nor below it.
    case danglingHardlink(path: String, target: String)
    /// A hard link to a directory or to itself.
    case badHardlink(path: String, target: String)
    /// A file that is no longer what it was when it was looked at.
    case changed(path: String)
    case diffIDMismatch(expected: Digest, actual: Digest)
    case tooManyEntries(limit: Int)
    /// Names, links and attributes of a layer take more bytes than are kept in memory.
    case tooMuchMetadata(limit: Int)
    case tooDeep(path: String)
    /// A device node where none may be made.
    case device(path: String)
    /// A file whose name means a whiteout in a layer, so that no layer can hold it.
    case reservedName(path: String)
    /// The directory uses a feature of overlayfs that a layer cannot express.
    case overlayFeature(path: String, attribute: String)

    package var diagnostic: Diagnostic {
        let harm = "do not trust this image: no honest tool writes such a layer"
        return switch self {
        case .badWhiteout(let name):
            Diagnostic(code: "layer.whiteout", "'\(name)' is not a valid whiteout in a layer", hint: harm)
        case .opaqueRoot:
            Diagnostic(
                code: "layer.opaque-root", "a layer marks the root directory as opaque",
                hint: "flatten the image (export and import its root file system), which needs no such mark")
        case .notADirectory(let path, let through):
            Diagnostic(
                code: "layer.not-a-directory", "'/\(path)' goes through '/\(through)', which is not a directory",
                hint: "the layer does not fit what is below it; make the image again")
        case .tooManyLinks(let path):
            Diagnostic(
                code: "layer.too-many-links", "'/\(path)' goes through more than 40 symbolic links",
                hint: "look for links that point at each other")
        case .danglingHardlink(let path, let target):
            Diagnostic(
                code: "layer.dangling-hardlink", "'/\(path)' is a hard link to '/\(target)', which does not exist",
                hint: "the layer is incomplete; make the image again")
        case .badHardlink(let path, let target):
            Diagnostic(
                code: "layer.bad-hardlink", "'/\(path)' cannot be a hard link to '/\(target)'", hint: harm)
        case .changed(let path):
            Diagnostic(
                code: "layer.changed", "'\(path)' changed while it was read",
                hint: "run again when nothing writes to it, or exclude it with .dockerignore")
        case .diffIDMismatch(let expected, let actual):
            Diagnostic(
                code: "layer.diff-id", "the content of a layer does not match the image's configuration",
                causes: ["expected \(expected)", "got \(actual)"],
                hint: "the image is damaged or was tampered with; pull it again")
        case .tooManyEntries(let limit):
            Diagnostic(
                code: "layer.too-many-entries", "a layer has more than \(limit) entries",
                hint: "split the layer, or store so many files as an archive")
        case .tooMuchMetadata(let limit):
            Diagnostic(
                code: "layer.too-much-metadata", "names and attributes of a layer take more than \(limit) bytes",
                hint: "split the layer, or store so many files as an archive")
        case .tooDeep(let path):
            Diagnostic(
                code: "layer.too-deep", "'\(path.prefix(100))…' is longer than a path may be (4096 bytes)",
                hint: "flatten the directories")
        case .device(let path):
            Diagnostic(
                code: "layer.device", "'/\(path)' is a device node, which only root may make",
                hint: "build as root, or use an image without device nodes")
        case .reservedName(let path):
            Diagnostic(
                code: "layer.reserved-name", "'/\(path)' cannot be in a layer: names with '.wh.' first are whiteouts",
                hint: "rename the file or leave it out")
        case .overlayFeature(let path, let attribute):
            Diagnostic(
                code: "layer.overlay-feature", "'/\(path)' carries \(attribute), which a layer cannot express",
                hint: "mount overlayfs with redirect_dir=off,metacopy=off")
        }
    }
}
