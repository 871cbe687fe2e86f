import Core
private import FoundationEssentials
package import ImageAnalysis
import OCI

/// One page that shows all that is known of an image. It needs nothing but itself: styles, script and data are in it, and
/// it may load nothing. Without its script it is still whole, but for the treemap.
package struct HTMLReport {
    private let explanation: Explanation
    private let programs: [ProgramSize]
    private let version: String

    /// - Parameters:
    ///   - programs: where the bytes of some programs go.
    ///   - version: of the program that writes the page.
    package init(_ explanation: Explanation, programs: [ProgramSize] = [], version: String) {
        self.explanation = explanation
        self.programs = programs
        self.version = version
    }

    /// The page; of one image always the same.
    /// - Throws: ``LayerError`` when the image's tree has links that lead nowhere.
    package func bytes() throws -> [UInt8] {
        let data = try TreeMapData(explanation, programs).json.bytes(indent: nil)
        let script = Self.resource(PackageResources.report_js)
        let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(Self.hash(script))'"
        let name = HTMLText.escape(explanation.image.name)
        let page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="sampan \(HTMLText.escape(version))">
            <title>\(name)</title>
            <style>
            \(Self.resource(PackageResources.report_css))</style>
            </head>
            <body>
            \(sections().joined(separator: "\n"))
            <footer>Written by sampan \(HTMLText.escape(version)). Sizes are in units of 1000 bytes.</footer>
            <script type="application/json" id="data">\(HTMLText.script(String(decoding: data, as: UTF8.self)))</script>
            <script>\(script)</script>
            </body>
            </html>

            """
        return Array(page.utf8)
    }

    private static func resource(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// What a browser compares the script with before it runs it.
    private static func hash(_ script: String) -> String {
        Data(SHA256.digest(of: script).bytes).base64EncodedString()
    }

    private func sections() -> [String] {
        let all: [(id: String, title: String, html: String)] = [
            ("advice", "What to do", HTMLSections.advice(explanation)),
            ("map", "Where the bytes are", HTMLSections.map),
            ("layers", "Layers", HTMLSections.layers(explanation)),
            ("programs", "Will it start?", HTMLSections.programs(explanation)),
            ("sizes", "Inside the programs", HTMLSections.sizes(programs)),
            ("waste", "Waste", HTMLSections.waste(explanation)),
            ("kinds", "Contents by kind", HTMLSections.kinds(explanation)),
            ("packages", "Packages", HTMLSections.packages(explanation)),
        ]
        let shown = all.filter { !$0.html.isEmpty }
        let links = shown.map { "<a href=\"#s-\($0.id)\">\($0.title)</a>" }
        let head = """
            <header>
            <h1>\(HTMLText.escape(explanation.image.name))</h1>
            <div class="soft mono">\(explanation.image.manifest.digest) · \(HTMLText.escape(explanation.image.platform.description))</div>
            <nav aria-label="Sections">\(links.joined())</nav>
            \(HTMLSections.facts(explanation))
            </header>
            """
        return [head]
            + shown.map { section in
                """
                <section id="s-\(section.id)" aria-labelledby="h-\(section.id)">
                <h2 id="h-\(section.id)">\(section.title)</h2>
                \(section.html)
                </section>
                """
            }
    }
}
