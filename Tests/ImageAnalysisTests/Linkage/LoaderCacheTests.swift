import Core
import Layers
import OCI
import SampanTestSupport
import Testing

@testable import ImageAnalysis

@Suite("glibc's cache of libraries")
struct LoaderCacheTests {
    /// A cache as ldconfig writes it, in the new form alone or behind the old one.
    static func cache(_ entries: [(String, String)], old: Bool = false) -> [UInt8] {
        func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        var strings: [UInt8] = []
        var table: [UInt8] = []
        let start = 48 + entries.count * 24
        for (name, path) in entries {
            let key = start + strings.count
            strings += Array(name.utf8) + [0]
            let value = start + strings.count
            strings += Array(path.utf8) + [0]
            table += word(0x0303) + word(key) + word(value) + word(0) + word(0) + word(0)
        }
        var head = Array("glibc-ld.so.cache1.1".utf8) + word(entries.count) + word(strings.count)
        head += [UInt8](repeating: 0, count: 48 - head.count)
        var before: [UInt8] = []
        if old {
            before = Array("ld.so-1.7.0\0".utf8) + word(1) + [UInt8](repeating: 7, count: 12)
            before += [UInt8](repeating: 0, count: (8 - before.count % 8) % 8)
        }
        return before + head + table + strings
    }

    static let entries = [("liba.so.1", "/opt/one/liba.so.1"), ("libb.so", "/opt/two/libb.so"), ("liba.so.1", "/x/a")]

    @Test("names and paths come out, in the order of the file", arguments: [false, true])
    func read(_ old: Bool) {
        #expect(
            LoaderCache.read(Self.cache(Self.entries, old: old)) == [
                "liba.so.1": ["opt/one/liba.so.1", "x/a"], "libb.so": ["opt/two/libb.so"],
            ])
    }

    private func start(_ edit: (inout ImageDraft) -> Void) -> [ProgramVerdict.Missing]? {
        var draft = ImageDraft()
        draft.glibc()
        draft.program("app", needs: "libb.so")
        draft.library("opt/two/libb.so")
        edit(&draft)
        return draft.start("app")?.missing
    }

    @Test("the loader reads the cache and not what it was made of")
    func configuration() {
        let missing: [ProgramVerdict.Missing] = [.library("libb.so", neededBy: "app")]
        #expect(start { $0.text("etc/ld.so.conf", "/opt/two\n") } == missing)
        #expect(start { $0.kept("etc/ld.so.cache", Self.cache(Self.entries)) } == [])
        #expect(start { $0.text("etc/ld.so.cache", "no cache") } == missing)
    }

    @Test("where the cache was not kept, the configuration stands for it, with all that it includes")
    func withoutBytes() {
        #expect(
            start {
                $0.add(.file("etc/ld.so.cache", bytes: [1]))
                $0.text("etc/ld.so.conf", "# comment\ninclude /etc/ld.so.conf.d/*.conf\ninclude ld.so.conf\n")
                $0.text("etc/ld.so.conf.d/a.conf", "/opt/one\n/opt/two # here\n")
            } == [])
        #expect(
            start {
                $0.add(.file("etc/ld.so.cache", bytes: [1]))
                $0.text("etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
                $0.text("etc/ld.so.conf.d/a.other", "/opt/two\n")
            }?.count == 1)
    }

    @Test("damaged caches give what they have and never crash")
    func damaged() {
        var random = SeededGenerator(seed: 5)
        for old in [false, true] {
            let good = Self.cache(Self.entries, old: old)
            for length in 0..<good.count { _ = LoaderCache.read(Array(good[..<length])) }
            for _ in 0..<5000 {
                var bytes = good
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                _ = LoaderCache.read(bytes)
            }
        }
    }
}
