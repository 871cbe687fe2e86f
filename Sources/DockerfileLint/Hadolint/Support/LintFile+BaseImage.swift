import DockerfileSyntax

extension LintFile {
    /// The image that a statement's stage starts from, through stages of the file, has one of these texts in its name.
    func startsFrom(imageNamed texts: [String], _ statement: LintStatement) -> Bool {
        var stage = statement.stage
        while let index = stage {
            let from = stages[index]
            if texts.contains(where: { from.from.image.text.contains($0) }) { return true }
            stage = from.parent
        }
        return false
    }

    /// The stage's tools are those of busybox, as far as the image's name tells.
    func hasBusybox(_ statement: LintStatement) -> Bool { startsFrom(imageNamed: ["alpine", "busybox"], statement) }
}
