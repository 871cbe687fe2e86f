internal import Core

extension ContentKind {
    /// Of content whose kind nobody tells.
    static func classify(path: BytePath, mode: UInt32, head: UnsafeRawBufferPointer?) -> ContentKind { .data }
}
