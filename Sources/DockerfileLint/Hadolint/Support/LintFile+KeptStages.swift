import DockerfileSyntax

extension LintFile {
    /// What a RUN leaves is kept, so far as hadolint looks: it stands in the last stage, in one whose name some FROM has,
    /// in a trigger, or before any FROM in a file without one. A stage that only gives files to COPY is not kept.
    func isKept(_ statement: LintStatement) -> Bool {
        if statement.isTrigger { return true }
        guard let index = statement.stage else { return stages.isEmpty }
        let stage = stages[index]
        if index == stages.count - 1 { return true }
        if let name = stage.from.name?.text, stages.contains(where: { ImageName.bare($0.from.image.text) == name }) {
            return true
        }
        guard let last = stages.last else { return false }
        return last.from.image.text == stage.from.image.text && last.from.name?.text == stage.from.name?.text
            && last.from.platform?.text == stage.from.platform?.text
    }
}
