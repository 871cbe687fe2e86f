import Archive
import Bases
import Core
import Debian
import HostOS
import Layers
import SampanTestSupport

/// Makes packages and assembles levels from them.
final class AssemblyBench {
    let directory: TemporaryDirectory
    private let tar: FileDescriptor
    var assembler: BaseAssembler

    init(mergesUsr: Bool = true) throws {
        directory = try TemporaryDirectory("assembly")
        tar = try directory.scratchFile()
        assembler = BaseAssembler(architecture: "amd64", mergesUsr: mergesUsr)
    }

    func package(_ file: DebFile) throws -> DebPackage {
        let deb = try directory.scratchFile()
        try deb.write(try file.bytes)
        return try DebPackage.read(deb, into: tar)
    }

    /// A package by its name and files.
    func package(
        _ name: String, version: String = "1.0-1", fields: [String] = [], _ members: [DebFile.Member],
        controlFiles: [(name: String, text: String)] = []
    ) throws -> DebPackage {
        try package(
            DebFile(name, version: version, fields: fields, members: members, controlFiles: controlFiles))
    }

    /// Adds a level and gives its layer.
    @discardableResult
    func add(
        _ packages: [DebPackage] = [], archives: [(Recipe.Archive, LayerContents)] = [],
        _ edit: (inout Recipe) -> Void = { _ in }
    ) throws -> LayerContents {
        var recipe = Recipe(name: "test", origin: .builtIn)
        edit(&recipe)
        return try assembler.addLevel(
            BaseLevel(recipe: recipe, packages: packages, archives: archives.map { (archive: $0.0, contents: $0.1) }))
    }

    /// The file system of all levels.
    var tree: FileTree { FileTree(layers: assembler.layers) }

    /// The text of a file of the image; nil when there is none.
    func text(_ path: BytePath) throws -> String? {
        guard let node = try tree.lookup(path), node.entry.isFile else { return nil }
        return String(decoding: try node.entry.content.open().readAll(limit: 1 << 24), as: UTF8.self)
    }

    /// The target of a link of the image.
    func target(_ path: BytePath) throws -> String? {
        guard let node = try tree.lookup(path, followLinks: false), case .symlink(let target) = node.entry.kind else {
            return nil
        }
        return String(decoding: target, as: UTF8.self)
    }

    func exists(_ path: BytePath) throws -> Bool { try tree.lookup(path, followLinks: false) != nil }

    /// Paths of a layer, without directories.
    static func files(_ contents: LayerContents) -> [String] {
        contents.entries.filter { !$0.isDirectory }.map(\.path.description)
    }
}
