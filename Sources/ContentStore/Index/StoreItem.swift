package import Core
internal import HostOS

/// A thing that a running build can hold on to.
package enum StoreItem: Hashable, Sendable {
    case blob(Digest)
    case layer(Digest)

    /// The number by which the index knows the kind.
    var kind: Int {
        switch self {
        case .blob: 0
        case .layer: 1
        }
    }

    var id: Digest {
        switch self {
        case .blob(let id), .layer(let id): id
        }
    }
}

/// Points in time as the index keeps them: milliseconds since 1970.
enum IndexTime {
    static func now() -> Int64 { milliseconds(FileTime.now()) }

    static func milliseconds(_ time: FileTime) -> Int64 {
        let (product, overflow) = time.seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (time.seconds < 0 ? 0 : Int64.max / 2) : product &+ time.nanoseconds / 1_000_000
    }

    static func fileTime(_ milliseconds: Int64) -> FileTime {
        FileTime(seconds: milliseconds / 1000, nanoseconds: milliseconds % 1000 * 1_000_000)
    }
}
