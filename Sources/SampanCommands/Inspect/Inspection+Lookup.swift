import Core
import ImageAnalysis
import Layers
import OCI

extension Inspection {
    /// Finds a file by what a person calls it.
    ///
    /// A path is the image's from its root, or from its working directory; links are followed inside of it. A name alone
    /// is looked for as the image's programs look for commands, in the working directory, in `PATH`, then at the root,
    /// and at last anywhere, when there is only one such program.
    /// - Throws: ``InspectionError`` when it is not there, is no file, or is not the only one.
    func file(_ text: String) throws -> FileTree.Node {
        let found = try candidates(text).compactMap { try image.tree.lookup($0) }
        let files = found.filter(\.entry.isFile)
        // Data that has the name of a program is not what is meant.
        if let file = files.first(where: isProgram) ?? files.first { return file }
        let isName = !text.isEmpty && !text.contains("/")
        if isName, let file = try onlyFile(named: text) { return file }
        if let other = found.first { throw InspectionError.notAFile(other.path, ModeText.kind(other.entry)) }
        let path = BytePath(cleaning: text)
        guard isName else { throw InspectionError.noFile(path, near: near(path)) }
        throw InspectionError.noneNamed(text, near: try near(path) ?? nearProgram(text))
    }

    private func isProgram(_ node: FileTree.Node) -> Bool { image.facts(of: node)?.binary != nil }

    /// Where it may be, the likeliest first.
    private func candidates(_ text: String) -> [BytePath] {
        let path = BytePath(cleaning: text)
        if text.hasPrefix("/") { return [path] }
        let environment = ProcessEnvironment(image.config.config)
        let here = environment.workingDirectory.joined(text)
        if text.contains("/") || text.isEmpty { return [here, path] }
        return [here] + environment.path.map { $0.joined(text) } + [path]
    }

    /// The program of a name, or the file when no program has it.
    /// - Throws: ``InspectionError/severalNamed(_:_:)``.
    private func onlyFile(named name: String) throws -> FileTree.Node? {
        let wanted = Array(name.utf8)
        var files: [FileTree.Node] = []
        var seen: Set<BytePath> = []
        try image.tree.forEachNode { node in
            // A link and what it leads to are one.
            guard node.path.name.elementsEqual(wanted), let file = try? image.tree.lookup(node.path),
                file.entry.isFile, seen.insert(file.hardlink ?? file.path).inserted
            else { return }
            files.append(file)
        }
        let programs = files.filter(isProgram)
        if !programs.isEmpty { files = programs }
        guard files.count < 2 else { throw InspectionError.severalNamed(name, files.map(\.path)) }
        return files.first
    }

    /// What a mistyped path may have meant.
    private func near(_ path: BytePath) -> String? {
        let names = (try? image.tree.list(path.parent)) ?? []
        guard names.count < 10_000 else { return nil }
        let all = names.map { String(decoding: $0.path.name, as: UTF8.self) }
        return Suggestion.nearest(to: String(decoding: path.name, as: UTF8.self), in: all).map {
            SafeText.path(path.parent.appending($0))
        }
    }

    /// The program whose name is written like one.
    private func nearProgram(_ name: String) throws -> String? {
        var paths: [String: BytePath] = [:]
        try image.tree.forEachNode { node in
            guard paths.count < 10_000, node.entry.isFile, isProgram(node) else { return }
            let name = String(decoding: node.path.name, as: UTF8.self)
            paths[name] = paths[name] ?? node.path
        }
        return Suggestion.nearest(to: name, in: paths.keys.sorted()).flatMap { paths[$0] }.map(SafeText.path)
    }
}
