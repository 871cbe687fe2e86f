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

    /// Finds a file as the image's programs would, from its root; links are followed inside of it.
    /// - Throws: when it is not there, or is no file.
    func file(_ text: String) throws -> FileTree.Node {
        let path = BytePath(cleaning: text)
        guard let node = try image.tree.lookup(path) else { throw InspectionError.noFile(path, near: near(path)) }
        guard node.entry.isFile else { throw InspectionError.notAFile(node.path, ModeText.kind(node.entry)) }
        return node
    }

    /// What a mistyped name may have meant.
    private func near(_ path: BytePath) -> String? {
        let names = (try? image.tree.list(path.parent)) ?? []
        guard names.count < 10_000 else { return nil }
        let all = names.map { String(decoding: $0.path.name, as: UTF8.self) }
        return Suggestion.nearest(to: String(decoding: path.name, as: UTF8.self), in: all).map {
            SafeText.path(path.parent.appending($0))
        }
    }

    func binary(_ text: String) async throws -> Binary { try await binary(file(text)) }

    func binary(_ node: FileTree.Node) async throws -> Binary {
        // What is no program, or too large for one, is not read once more.
        guard image.facts(of: node)?.binary != nil else { throw InspectionError.noProgram(node.path) }
        let bytes = try await content(node)
        return try await BlockingPool.compute.run {
            guard let facts = try BinaryFacts.read(bytes) else {
                throw InspectionError.noProgram(node.path)
            }
            return Binary(
                path: node.path, size: node.entry.size, facts: facts, sizes: try SizeAttribution.of(bytes))
        }
    }

    /// The bytes of a file where they can be read at any place: in a scratch file.
    func content(_ node: FileTree.Node) async throws -> FileContentBytes {
        let (store, files) = (store, ImageFiles(image, source: input))
        let scratch = try await BlockingPool.waiting.run { try store.scratchFile() }
        nonisolated(unsafe) let source = try await files.open(node)
        return try await BlockingPool.waiting.run {
            var size: Int64 = 0
            try source.forEachPiece { piece in
                try scratch.write(piece)
                size += Int64(piece.count)
            }
            return FileContentBytes(file: scratch, size: size)
        }
    }
}

/// A whole file of this machine.
struct FileContentBytes: BinaryBytes {
    let file: FileDescriptor
    let size: Int64

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < size else { return 0 }
        return try file.read(into: buffer, at: offset)
    }
}

/// What can't be looked at.
enum InspectionError: DiagnosticConvertible, Equatable {
    case noFile(BytePath, near: String?)
    case notAFile(BytePath, String)
    case noProgram(BytePath)

    var diagnostic: Diagnostic {
        switch self {
        case .noFile(let path, let near):
            Diagnostic(
                code: "inspect.path", "the image has no '\(SafeText.path(path))'",
                hint: near.map { "did you mean '\($0)'?" } ?? "sampan inspect --files lists what it has")
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
