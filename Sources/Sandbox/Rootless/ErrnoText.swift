private import HostOS

/// The kernel's words for an error number.
enum ErrnoText {
    static func describe(_ errno: Int32) -> String { SystemError(errno, "").reason }
}
