extension RuleInfo {
    /// A check of BuildKit's.
    /// - Parameters:
    ///   - page: the name of its page in the documentation; nil where it has none.
    ///   - reference: where else the check is explained.
    ///   - isExperimental: off unless `experimental=` turns it on.
    convenience init(
        check code: String, page: String?, _ title: String, why: String, bad: Example, good: Example,
        fixing: Fixing = .none, equivalents: [String] = [], isExperimental: Bool = false,
        reference: String? = nil
    ) {
        self.init(
            code, .buildkit, isExperimental ? .ignore : .warning, title, why: why, bad: bad, good: good,
            fixing: fixing, equivalents: equivalents,
            reference: page.map { "https://docs.docker.com/reference/build-checks/\($0)/" } ?? reference)
    }
}
