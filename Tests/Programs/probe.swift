// Needs the Swift runtime, beside the program or in it.
import FoundationEssentials
import Glibc
import Synchronization

struct Row: Codable {
    var user: UInt32
    var words: [String]
}

@main
enum Probe {
    static func main() async throws {
        let count = Mutex(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { count.withLock { $0 += 1 } } }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let row = Row(user: getuid(), words: ["\(count.withLock { $0 })", "größer".uppercased()])
        print(String(decoding: try encoder.encode(row), as: UTF8.self))
    }
}
