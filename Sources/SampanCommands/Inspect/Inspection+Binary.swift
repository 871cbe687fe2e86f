import Archive
import Binaries
import ContentStore
import Core
import HostOS
import ImageAnalysis
import Layers

extension Inspection {
    /// A program or library of the image, looked at from inside.
    struct Binary: Sendable {
        var path: BytePath
        var size: Int64
        var facts: BinaryFacts
        /// Nil when its bytes can't be told apart.
        var sizes: SizeAttribution?

        func output(_ format: DisplayFormat, _ page: Page) -> [UInt8] {
            switch format {
            case .json: SafeText.json(ImageJSON.binary(path, size: size, facts, sizes))
            case .table:
                Inspection.text(BinaryView(path: path, size: size, facts: facts, sizes: sizes, page: page).lines)
            }
        }
    }

    func binary(_ text: String) async throws -> Binary {
        let inspection = self
        return try await binary(BlockingPool.compute.run { try inspection.file(text) })
    }

    func binary(_ node: FileTree.Node) async throws -> Binary {
        // What is no program, or too large for one, is not read once more.
        guard let facts = image.facts(of: node)?.binary else { throw InspectionError.noProgram(node.path) }
        let bytes = try await content(node)
        return try await BlockingPool.compute.run {
            Binary(path: node.path, size: node.entry.size, facts: facts, sizes: try SizeAttribution.of(bytes))
        }
    }

    /// The bytes of a file where they can be read at any place: in a scratch file.
    func content(_ node: FileTree.Node) async throws -> FileBytes {
        let (store, files) = (store, ImageFiles(image, source: input))
        let scratch = try await BlockingPool.waiting.run { try store.scratchFile() }
        nonisolated(unsafe) let source = try await files.open(node)
        return try await BlockingPool.waiting.run {
            var size: Int64 = 0
            try source.forEachPiece { piece in
                try scratch.write(piece)
                size += Int64(piece.count)
            }
            return FileBytes(file: scratch, start: 0, size: size)
        }
    }
}

/// What can't be looked at.
enum InspectionError: DiagnosticConvertible, Equatable {
    case noFile(BytePath, near: String?)
    /// For a name without a directory.
    case noneNamed(String, near: String?)
    case severalNamed(String, [BytePath])
    case notAFile(BytePath, String)
    case noProgram(BytePath)

    private static let shown = 10

    var diagnostic: Diagnostic {
        switch self {
        case .noFile(let path, let near):
            Diagnostic(
                code: "inspect.path", "the image has no '\(SafeText.path(path))'",
                hint: near.map { "did you mean '\($0)'?" } ?? "sampan inspect --files lists what it has")
        case .noneNamed(let name, let near):
            Diagnostic(
                code: "inspect.path", "the image has no file named '\(SafeText.text(name))'",
                hint: near.map { "did you mean '\($0)'?" } ?? "sampan inspect --files lists what it has")
        case .severalNamed(let name, let paths):
            Diagnostic(
                code: "inspect.path", "the image has several files named '\(SafeText.text(name))'",
                causes: paths.prefix(Self.shown).map(SafeText.path)
                    + (paths.count > Self.shown ? ["and \(paths.count - Self.shown) more"] : []),
                hint: "name one by its path")
        case .notAFile(let path, let kind):
            Diagnostic(
                code: "inspect.path", "'\(SafeText.path(path))' is a \(kind)", hint: "name a program or a library")
        case .noProgram(let path):
            Diagnostic(
                code: "inspect.elf", "'\(SafeText.path(path))' is no ELF program or library",
                hint: "sampan inspect --files --format json says what each file is")
        }
    }
}
