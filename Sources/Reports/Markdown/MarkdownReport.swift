import Core
package import ImageAnalysis
import OCI

/// What is known of an image, short enough for a comment on a merge request.
package struct MarkdownReport {
    /// Rows that a table has at most.
    private static let rowLimit = 10

    private let explanation: Explanation

    package init(_ explanation: Explanation) { self.explanation = explanation }

    package var text: String {
        let image = explanation.image
        var out = "### \(Self.escape(image.name))\n\n"
        out += "`\(image.manifest.digest)`, \(image.platform)\n\n"
        out += "| compressed | contents | layers | packages | waste | user |\n|---:|---:|---:|---:|---:|---|\n"
        let user = image.config.config.user ?? ""
        out += "| \(Human.bytes(image.compressedSize)) | \(Human.bytes(image.contentBytes)) | \(image.layers.count) "
        out += "| \(explanation.packages.count) | \(Human.bytes(explanation.waste.bytes)) "
        out += "| \(user.isEmpty ? "root" : Self.escape(user)) |\n"
        if let program = explanation.programs.first(where: \.isEntrypoint) {
            let path = "`\(Self.code(SafeText.path(program.path)))`"
            let verdict = Self.escape(VerdictText.start(program.start))
            out += "\n\(VerdictText.isFailure(program.start) ? "❌ \(path) does not start: " : "✅ \(path) starts: ")"
            out += "\(verdict)\n"
        }
        out += layers + advice
        return out
    }

    private var layers: String {
        let layers = explanation.image.layers
        guard !layers.isEmpty else { return "" }
        var out = "\n| layer | compressed | line |\n|---|---:|---|\n"
        for layer in layers.suffix(Self.rowLimit) {
            let instruction = CauseText.instruction(layer.cause.instruction)
            let short = instruction.count > 80 ? instruction.prefix(79) + "…" : instruction
            out += "| `\(Self.code(short))` | \(Human.bytes(Int64(layer.descriptor.size))) "
            out += "| \(Self.escape(CauseText.place(layer.cause.place) ?? "")) |\n"
        }
        let more = layers.count - Self.rowLimit
        return out + (more > 0 ? "\nand \(more) more below\n" : "")
    }

    private var advice: String {
        guard !explanation.advice.isEmpty else { return "" }
        var out = "\n**What to do**\n\n"
        for advice in explanation.advice.prefix(Self.rowLimit) {
            let place = CauseText.place(advice.place).map { " (\($0))" } ?? ""
            let gain = advice.bytes > 0 ? ", saves \(Human.bytes(advice.bytes))" : ""
            out += "- \(Self.escape(advice.title + place + gain))\n"
        }
        return out
    }

    /// Text that may stand in a cell of a table: no markup, no line ends, nothing unseen.
    package static func escape(_ text: String) -> String {
        var out = ""
        for scalar in SafeText.text(text).unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "!", "~", "@":
                out += "\\"
                out.unicodeScalars.append(scalar)
            case "&": out += "&amp;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Text inside of backquotes in a cell of a table.
    package static func code(_ text: String) -> String {
        SafeText.text(text).replacing("`", with: "'").replacing("|", with: "\\|")
    }
}
