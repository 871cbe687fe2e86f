import ContentStore
import Core
import Glibc
import HostOS
import SampanTestSupport

/// A store's home for one test, removed at its end.
final class Home {
    private let directory: TemporaryDirectory
    var path: String { directory.path }
    var location: StoreLocation { StoreLocation(home: path) }

    init() throws { directory = try TemporaryDirectory("store") }

    func open() throws -> Store { try Store.open(location) }

    /// Makes a file with its parents below the home.
    func write(_ bytes: [UInt8], to name: String) throws { try directory.file(name, bytes) }

    func exists(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A digest that stands for something.
func id(_ text: String) -> Digest { SHA256.digest(of: text) }

/// Lets the clock of the index, which counts milliseconds, go on.
func usleepMilliseconds(_ count: UInt32) { usleep(count * 1000) }
