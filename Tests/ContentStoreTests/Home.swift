import ContentStore
import Core
import Glibc
import HostOS
import Testing

/// A store's home for one test, removed at its end.
final class Home {
    let path: String
    var location: StoreLocation { StoreLocation(home: path) }

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        path = "\(base)/sampan-store-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try Directory.create(path)
    }

    deinit { try? Directory.removeTree(path) }

    func open() throws -> ContentStore { try ContentStore.open(location) }

    /// Makes a file with parents below the home.
    func write(_ bytes: [UInt8], to name: String) throws {
        let file = path + "/" + name
        if let slash = file.lastIndex(of: "/") { try Directory.create(String(file[..<slash])) }
        try AtomicFile.write(bytes, to: file)
    }

    func exists(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A digest that stands for something.
func id(_ text: String) -> Digest { SHA256.digest(of: text) }

/// Lets the clock of the index, which counts milliseconds, go on.
func usleepMilliseconds(_ count: UInt32) { usleep(count * 1000) }
