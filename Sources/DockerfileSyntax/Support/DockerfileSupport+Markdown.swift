extension DockerfileSupport {
    /// The page of the documentation.
    package static func markdown() -> String {
        var out = "# Dockerfile support\n\n"
        out += "Everything below is read as BuildKit's Dockerfile frontend reads it. "
        out += "What is not in these tables is an error, never ignored.\n\n"
        out += "## Instructions\n\n| Instruction | Usage | Status | Notes |\n| --- | --- | --- | --- |\n"
        for entry in instructions {
            out += row(["`\(entry.keyword.rawValue)`", "`\(entry.usage)`", entry.status.rawValue, entry.note])
        }
        out += "\n## Flags\n\n| Instruction | Flag | Status | Notes |\n| --- | --- | --- | --- |\n"
        for entry in instructions {
            for flag in entry.flags {
                out += row(["`\(entry.keyword.rawValue)`", "`\(flag.name)`", flag.status.rawValue, flag.note])
            }
        }
        out += table("Options of RUN --mount", "Option", "For the types", mountOptions)
        out += table("Variables", "Form", "Gives", modifiers)
        out += table("Parser directives", "Directive", "Notes", directives)
        return out
    }

    private static func table(_ title: String, _ left: String, _ right: String, _ features: [Feature]) -> String {
        features.reduce("\n## \(title)\n\n| \(left) | \(right) |\n| --- | --- |\n") { out, feature in
            out + row(["`\(feature.name)`", feature.note])
        }
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
}
