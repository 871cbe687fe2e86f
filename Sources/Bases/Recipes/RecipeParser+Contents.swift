import Core
import YAML

extension RecipeParser {
    private static let identifiers = 0...Int(UInt32.max) - 1

    func accounts(_ reader: YAMLMappingReader, into recipe: inout Recipe) {
        let groupNames = Unique("group")
        let groups = reader.mappings("groups", "a group") { group -> Recipe.Group? in
            let name = group.value("name", required: true) { try accountName($0, groupNames, group) }
            let gid = group.integer("gid", in: Self.identifiers, required: true)
            let members = group.values("members") { text, _ in try RecipeFormat.accountName(text) } ?? []
            guard let name, let gid else { return nil }
            return Recipe.Group(name: name, gid: UInt32(gid), members: members)
        }
        let userNames = Unique("user")
        let users = reader.mappings("users", "a user") { user -> Recipe.User? in
            let name = user.value("name", required: true) { try accountName($0, userNames, user) }
            let uid = user.integer("uid", in: Self.identifiers, required: true)
            let gid = user.integer("gid", in: Self.identifiers)
            let home = user.value("home") { try field(RecipeFormat.path($0, allowsRoot: true).absolute) }
            let shell = user.value("shell") { try field(RecipeFormat.path($0).absolute) }
            let comment = user.value("comment") { try RecipeFormat.accountField($0) }
            guard let name, let uid else { return nil }
            return Recipe.User(
                name: name, uid: UInt32(uid), gid: UInt32(gid ?? uid), home: home ?? "/nonexistent",
                shell: shell ?? "/sbin/nologin", comment: comment ?? name)
        }
        recipe.groups = groups ?? []
        recipe.users = users ?? []
    }

    private func accountName(_ text: String, _ names: Unique, _ reader: YAMLMappingReader) throws -> String {
        let name = try RecipeFormat.accountName(text)
        try names.note(name, at: reader.span)
        return name
    }

    private func field(_ text: String) throws -> String { try RecipeFormat.accountField(text) }

    func contents(_ reader: YAMLMappingReader, into recipe: inout Recipe) {
        let paths = Unique("path")
        recipe.directories =
            reader.mappings("directories", "a directory") { item -> Recipe.Directory? in
                let path = item.value("path", required: true) { try newPath($0, paths, item) }
                let mode = item.value("mode") { try RecipeFormat.mode($0) } ?? 0o755
                let owner = item.value("owner") { try RecipeFormat.owner($0) } ?? Recipe.Owner()
                return path.map { Recipe.Directory(path: $0, mode: mode, owner: owner) }
            } ?? []
        recipe.files = reader.mappings("files", "a file") { file($0, paths) } ?? []
        recipe.moves =
            reader.mappings("moves", "a move") { item -> Recipe.Move? in
                let from = item.value("from", required: true) { try RecipeFormat.path($0) }
                let to = item.value("to", required: true) { try newPath($0, paths, item) }
                guard let from, let to else { return nil }
                return Recipe.Move(from: from, to: to)
            } ?? []
        recipe.symlinks = reader.mappings("symlinks", "a symlink") { symlinks($0, paths) }?.flatMap { $0 } ?? []
        recipe.archives = reader.mappings("archives", "an archive") { archive($0) } ?? []
    }

    /// A path that nothing else of the recipe makes.
    private func newPath(_ text: String, _ paths: Unique, _ reader: YAMLMappingReader) throws -> BytePath {
        let path = try RecipeFormat.path(text)
        try paths.note(path.absolute, at: reader.span)
        return path
    }

    private func file(_ reader: YAMLMappingReader, _ paths: Unique) -> Recipe.File? {
        let path = reader.value("path", required: true) { try newPath($0, paths, reader) }
        let text = reader.string("content")
        let from = reader.value("from") { try local($0) }
        let mode = reader.value("mode") { try RecipeFormat.mode($0) } ?? 0o644
        let owner = reader.value("owner") { try RecipeFormat.owner($0) } ?? Recipe.Owner()
        guard chosen(["content", "from"], reader, "a file"), let path else { return nil }
        guard let content = text.map({ Recipe.File.Content.text($0) }) ?? from.map({ .local($0) }) else { return nil }
        return Recipe.File(path: path, content: content, mode: mode, owner: owner)
    }

    /// One link by its path, or one of several names in a directory.
    private func symlinks(_ reader: YAMLMappingReader, _ paths: Unique) -> [Recipe.Symlink]? {
        let path = reader.value("path") { try newPath($0, paths, reader) }
        let directory = reader.value("directory") { try RecipeFormat.path($0, allowsRoot: true) }
        let target = reader.value("to", required: true) { text in
            guard !text.isEmpty, text.utf8.count < 4096, !text.utf8.contains(0) else {
                throw RecipeError(.invalid(.path, text))
            }
            return text
        }
        if directory != nil { reader.require("names") }
        let names =
            reader.contains("names") && !reader.contains("directory") ? nil : names(reader, in: directory, paths)
        guard chosen(["path", "directory"], reader, "a symlink"), let target else { return nil }
        if let path { return [Recipe.Symlink(path: path, target: target)] }
        guard let directory, let names else { return nil }
        return names.map { Recipe.Symlink(path: directory.appending($0), target: target) }
    }

    private func names(_ reader: YAMLMappingReader, in directory: BytePath?, _ paths: Unique) -> [String]? {
        reader.values("names") { text, span in
            let name = try RecipeFormat.fileName(text)
            if let directory { try paths.note(directory.appending(name).absolute, at: span) }
            return name
        }
    }

    private func archive(_ reader: YAMLMappingReader) -> Recipe.Archive? {
        let file = reader.value("file") { try local($0) }
        let url = reader.value("url") { try RecipeFormat.url($0) }
        let digest = reader.value("sha256", required: true) { try RecipeFormat.digest($0) }
        let destination = reader.value("to", required: true) { try RecipeFormat.path($0, allowsRoot: true) }
        let strip = reader.integer("strip", in: 0...64) ?? 0
        let architecture = reader.value("architecture") { try RecipeFormat.architecture($0) }
        guard chosen(["file", "url"], reader, "an archive"), let digest, let destination else { return nil }
        guard let source = file.map({ Recipe.Archive.Source.local($0) }) ?? url.map({ .url($0) }) else { return nil }
        return Recipe.Archive(
            source: source, digest: digest, destination: destination, strip: strip, architecture: architecture)
    }

    /// Notes when not exactly one of two keys is given.
    private func chosen(_ keys: [String], _ reader: YAMLMappingReader, _ what: String) -> Bool {
        let found = keys.count { reader.contains($0) }
        if found != 1 {
            let span = found == 0 ? reader.span : reader.keySpan(keys[1])
            report.add(RecipeError(.exactlyOne(of: keys, what: what, found: found), at: span))
        }
        return found == 1
    }
}
