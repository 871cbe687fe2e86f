package import Core

extension RecipeChain {
    /// How many recipes may extend each other.
    private static let limit = 16
    private static let debugSuffix = "-debug"

    /// Loads a base. Reads files; takes well under a millisecond for built-in ones.
    ///
    /// - Parameter name: a built-in name (`cc`), the same with `-debug` (`cc-debug`; `debug` alone is `base-debug`), or a
    ///   path, which has a `/` in it or ends with `.yaml`. `-debug` after `.yaml` puts the debug level on a file's base.
    /// - Throws: ``RecipeError``, `SystemError`, or `DiagnosticList` with all mistakes of one recipe.
    package static func load(_ name: String) throws -> RecipeChain {
        var parsed: [RecipeParser.Result] = []
        var seen: [String] = []
        var next = Optional(try place(name, of: nil, at: nil, into: &parsed))
        let isDebug = !parsed.isEmpty
        let top = next?.name ?? name
        while let place = next {
            guard parsed.count < limit else { throw RecipeError(.chainTooLong(limit: limit)) }
            let isCycle = seen.contains(place.identity)
            seen.append(place.identity)
            if isCycle { throw RecipeError(.extendsCycle(seen), at: parsed.last?.extendsSpan) }
            let result = try place.parse()
            parsed.append(result)
            next = try result.recipe.extends.map {
                try Self.place($0, of: place, at: result.extendsSpan, into: &parsed)
            }
        }
        return try RecipeChain(name: isDebug ? top + debugSuffix : top, parsed: parsed.reversed())
    }

    /// Finds a recipe; for `NAME-debug` the debug level is added to `parsed` and NAME's place returned.
    private static func place(
        _ name: String, of recipe: RecipePlace?, at span: SourceSpan?, into parsed: inout [RecipeParser.Result]
    ) throws -> RecipePlace {
        var name = name == BuiltInRecipe.debug ? BuiltInRecipe.debugged + debugSuffix : name
        let isFile = RecipePlace.isPath(name)
        let stem = String(name.dropLast(debugSuffix.utf8.count))
        if name.hasSuffix(debugSuffix), isFile ? stem.hasSuffix(".yaml") : BuiltInRecipe.takesDebug(stem) {
            parsed.append(try RecipePlace(builtIn: BuiltInRecipe.debug).parse())
            name = stem
        }
        if let recipe { return try RecipePlace(name, of: recipe, at: span) }
        return isFile ? try RecipePlace(path: name) : try RecipePlace(builtIn: name)
    }

    /// The text of one recipe, without what it extends: `cc`, `debug`, or a path.
    /// - Throws: ``RecipeError`` for an unknown name, `SystemError`.
    package static func source(of name: String) throws -> SourceFile {
        if RecipePlace.isPath(name) { return try RecipePlace(path: name).source }
        return try RecipePlace(builtIn: name).source
    }

    /// Whether a name is a file's and not a built-in recipe's.
    package static func isFile(_ name: String) -> Bool { RecipePlace.isPath(name) }

    /// The names of built-in recipes, simple ones first. `debug` is the level that `NAME-debug` puts on top.
    package static var builtInNames: [String] { BuiltInRecipe.names }
}
