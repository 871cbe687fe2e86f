// https://manpages.debian.org/bookworm/apt/sources.list.5.en.html#DEB822-STYLE_FORMAT
package import Core

/// What tells apt in an image where there are more packages: the archives that the base itself came from.
package enum AptSourcesFile {
    package static let path: BytePath = "etc/apt/sources.list.d/debian.sources"
    /// A file that a recipe puts in its place.
    package static let older: BytePath = "etc/apt/sources.list"

    private static let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

    /// Suites of one archive share a paragraph.
    package static func bytes(_ sources: [LockFile.Source]) -> [UInt8] {
        var paragraphs: [(first: LockFile.Source, suites: [String])] = []
        for source in sources {
            if let index = paragraphs.firstIndex(where: {
                $0.first.uri == source.uri && $0.first.components == source.components
            }) {
                paragraphs[index].suites.append(source.suite)
            } else {
                paragraphs.append((source, [source.suite]))
            }
        }
        let text = paragraphs.map { paragraph in
            """
            Types: deb
            URIs: \(paragraph.first.uri)
            Suites: \(paragraph.suites.joined(separator: " "))
            Components: \(paragraph.first.components.joined(separator: " "))
            Signed-By: \(keyring)

            """
        }
        return Array(text.joined(separator: "\n").utf8)
    }
}
