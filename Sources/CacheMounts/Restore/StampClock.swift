internal import Glibc
internal import HostOS

/// The clock that files are stamped by, which moves every few milliseconds.
enum StampClock {
    /// Waits until the clock moves.
    /// - Returns: a time that every change before has an earlier stamp than, and no change after.
    static func next() -> FileTime {
        let last = now()
        var next = last
        while next == last {
            usleep(500)
            next = now()
        }
        return next
    }

    private static func now() -> FileTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return FileTime(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}
