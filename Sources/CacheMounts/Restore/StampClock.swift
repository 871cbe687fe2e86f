internal import Glibc
internal import HostOS

/// The clock that files are stamped by at least: it moves every few milliseconds, and a stamp may be as late as the exact
/// time (Linux 6.13: multigrain timestamps).
enum StampClock {
    /// Waits until the clock has passed the present time.
    /// - Returns: a time that no change after has an earlier stamp than. Every change before has an earlier stamp, unless
    ///   the clock was set back meanwhile.
    static func next() -> FileTime {
        let start = now(CLOCK_REALTIME)
        var next = now(CLOCK_REALTIME_COARSE)
        var attempts = 0
        // A clock that was set back may need hours: without it files are read once more, no worse.
        while next <= start, attempts < 200 {
            usleep(500)
            next = now(CLOCK_REALTIME_COARSE)
            attempts += 1
        }
        return next
    }

    private static func now(_ clock: clockid_t) -> FileTime {
        var time = timespec()
        clock_gettime(clock, &time)
        return FileTime(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}
