// https://man7.org/linux/man-pages/man2/getrlimit.2.html
import Glibc

/// How many files this process may have open at a time.
enum OpenFiles {
    /// Allows as many as the system lets the process ask for. An archive of many images holds a file for each blob until
    /// it is written, and the usual soft limit, which is there for programs that use select(2), is 1024.
    static func allowMost() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // A process that may not is left with what it has.
        _ = setrlimit(resource, &limit)
    }
}
