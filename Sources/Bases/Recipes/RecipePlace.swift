import Core
import Glibc
import HostOS

/// Where a recipe is: built in, or a file.
struct RecipePlace {
    /// A recipe's text is at most this large.
    private static let sizeLimit = 1 << 20

    let name: String
    let origin: Recipe.Origin
    let directory: RecipeDirectory?
    let source: SourceFile

    /// Tells two recipes apart: a built-in name, or an absolute path.
    var identity: String {
        switch origin {
        case .builtIn: name
        case .file(let directory, let name): directory + "/" + name
        }
    }

    func parse() throws(DiagnosticList) -> RecipeParser.Result {
        try RecipeParser.parse(source, name: name, origin: origin, directory: directory)
    }

    /// What has a slash in it or ends as YAML files do is a path; everything else is a built-in name.
    static func isPath(_ name: String) -> Bool {
        name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }

    init(builtIn name: String, at span: SourceSpan? = nil) throws {
        guard let bytes = BuiltInRecipe.bytes(name) else {
            throw RecipeError(.unknownBuiltIn(name, known: BuiltInRecipe.names), at: span)
        }
        self.name = name
        origin = .builtIn
        directory = nil
        source = SourceFile(name: "base:\(name)", bytes: bytes)
    }

    /// A file that a person names, relative to the current directory.
    init(path: String) throws {
        let (parent, name) = Self.split(path)
        let directory: RecipeDirectory
        do throws(SystemError) {
            directory = try RecipeDirectory(try Self.absolute(parent))
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR { throw RecipeError(.missingRecipe(path: path)) }
            throw error
        }
        // The file itself may be a link to anywhere: a person pointed at it.
        try self.init(name: name, shown: path, directory: directory, at: nil) {
            try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
        }
    }

    /// What `extends` of a recipe names: a file at or below that recipe's directory, or a built-in recipe.
    init(_ extended: String, of recipe: RecipePlace, at span: SourceSpan?) throws {
        guard let directory = recipe.directory, Self.isPath(extended) else {
            try self.init(builtIn: extended, at: span)
            return
        }
        let path: BytePath
        do throws(RecipeError) { path = try RecipeFormat.localPath(extended) } catch {
            throw RecipeError(error.kind, at: span)
        }
        let (parent, _) = Self.split(recipe.source.name)
        let shown = parent == "." ? path.description : parent + "/" + path.description
        let own: RecipeDirectory
        do throws(SystemError) {
            own = path.parent.isRoot ? directory : try directory.directory(path.parent)
        } catch {
            guard error.errno == ENOENT || error.errno == ENOTDIR else { throw error.diagnostic.within(span) }
            throw RecipeError(.missingRecipe(path: shown), at: span)
        }
        try self.init(name: String(decoding: path.name, as: UTF8.self), shown: shown, directory: own, at: span) {
            try directory.openFile(path)
        }
    }

    private init(
        name: String, shown: String, directory: RecipeDirectory, at span: SourceSpan?,
        open: () throws -> FileDescriptor
    ) throws {
        let bytes: [UInt8]
        do {
            let file = try open()
            guard try file.info().kind == .file else { throw RecipeError(.notFile(shown)) }
            bytes = try WholeFile.read(file, limit: Self.sizeLimit, name: shown)
        } catch let error as SystemError where error.errno == ENOENT || error.errno == ENOTDIR {
            throw RecipeError(.missingRecipe(path: shown), at: span)
        } catch let error as RecipeError {
            throw RecipeError(error.kind, at: span)
        }
        let suffix = [".yaml", ".yml"].first { name.hasSuffix($0) && name != $0 } ?? ""
        self.name = String(name.dropLast(suffix.count))
        origin = .file(directory: directory.path, name: name)
        self.directory = directory
        source = SourceFile(name: shown, bytes: bytes)
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let parent = path[..<slash]
        return (parent.isEmpty ? "/" : String(parent), String(path[path.index(after: slash)...]))
    }

    private static func absolute(_ path: String) throws(SystemError) -> String {
        guard let resolved = realpath(path, nil) else { throw SystemError(errno, "open", path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
