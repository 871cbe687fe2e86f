/// Recipes of bases that the Dockerfile names.
enum RecipeWriter {
    static func files(_ project: Project) -> [WrittenFile] {
        project.recipes.map { recipe in
            let lines = [
                "# Written by \(WrittenFile.mark): a new run updates this file until somebody changes it.",
                "# \(recipe.why) docs/bases.md tells of recipes.", "extends: \(recipe.extends)", "packages:",
            ]
            return WrittenFile(
                recipe.name, (lines + recipe.packages.map { "  - " + $0 }).joined(separator: "\n") + "\n")
        }
    }
}
