package import Core

/// A path that a program asked for while it was observed.
package struct RecordedUse: Sendable, Hashable {
    /// As the program named it, in normal form; links in it are not followed.
    package var path: BytePath
    /// Opened or looked at.
    package var isRead: Bool
    /// Made, changed or removed.
    package var isWritten: Bool
    /// Started as a program.
    package var isExecuted: Bool
    /// Opened as a directory.
    package var isListed: Bool

    package init(
        _ path: BytePath, isRead: Bool = false, isWritten: Bool = false, isExecuted: Bool = false,
        isListed: Bool = false
    ) {
        self.path = path
        self.isRead = isRead
        self.isWritten = isWritten
        self.isExecuted = isExecuted
        self.isListed = isListed
    }
}
