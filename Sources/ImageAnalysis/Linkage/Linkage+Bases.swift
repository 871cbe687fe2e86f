internal import Core

extension Linkage {
    /// Whether what the image starts would start on other bases.
    package func bases() -> [BaseVerdict] { [] }
}
