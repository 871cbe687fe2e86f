package import Core
internal import Glibc
internal import HostOS

extension Store {
    /// Keeps the log of a failed step, replacing that of its last failure.
    /// - Parameter file: a file of the session's directory; it is renamed.
    /// - Returns: where it lies from now on.
    package func keepLog(_ file: String, step: Digest) throws(ContentStoreError) -> String {
        let place = location.logs + "/" + step.hex + ".log"
        try mapping(place) { () throws(SystemError) in try check("rename", place) { rename(file, place) } }
        return place
    }
}
