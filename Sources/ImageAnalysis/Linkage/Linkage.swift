package import Core

/// Whether the programs of an image start, found out without starting them: by the rules of the kernel and of the
/// program loaders, applied to the files of the image alone.
package struct Linkage: Sendable {
    let image: AnalysedImage

    package init(_ image: AnalysedImage) { self.image = image }

    /// What the image starts first, in the order in which it is reached, then every other program in path order.
    /// - Parameter remark: is told what could not be judged.
    package func verdicts(remark: (String) -> Void = { _ in }) -> [ProgramVerdict] { [] }

    /// Whether what the image starts would start on other bases.
    package func bases() -> [BaseVerdict] { [] }
}
