extension Advice {
    /// What to change in an image, the largest gain first.
    static func advice(on explanation: Explanation) -> [Advice] { [] }
}
