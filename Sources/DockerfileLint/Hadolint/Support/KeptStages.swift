import DockerfileSyntax

/// Where what a RUN leaves is kept, so far as hadolint looks: in the last stage, in one whose name some FROM has, in a
/// trigger, or before any FROM in a file without one. A stage that only gives files to COPY is not kept.
struct KeptStages {
    private let stages: [LintStage]
    /// Names that stages start from.
    private let used: Set<String>

    init(_ file: LintFile) {
        stages = file.stages
        used = Set(file.stages.map { String(HadolintImage($0.from.image.text).name) })
    }

    func keep(_ statement: LintStatement) -> Bool {
        if statement.isTrigger { return true }
        guard let index = statement.stage, let last = stages.last else { return stages.isEmpty }
        let from = stages[index].from
        if index == last.index || from.name.map({ used.contains($0.text) }) ?? false { return true }
        // hadolint takes one that is written like the last one for it.
        return last.from.image.text == from.image.text && last.from.name?.text == from.name?.text
            && last.from.platform?.text == from.platform?.text
    }
}
