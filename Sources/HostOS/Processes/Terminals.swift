private import CLinux

/// Terminals of programs.
package enum Terminals {
    /// Gives a terminal the window size of another; nothing happens when either is no terminal.
    package static func copyWindowSize(from source: Int32, to target: FileDescriptor) {
        _ = sampan_copy_window_size(source, target.raw)
    }
}
