import CacheMounts
import ContentStore
import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("Cache mounts there and back")
struct RoundTripTests {
    @Test("a restored cache has the paths, kinds, modes, owners, times and contents of the one archived")
    func keepsAll() throws {
        let bench = try Bench()
        try bench.file("aa/one", "first")
        try bench.file("aa/two", "second", mode: 0o444)
        try bench.file("b.sh", "#!/bin/sh\n", mode: 0o755)
        try bench.file("empty", "")
        try bench.file("with blank \"% and ü", "odd")
        try bench.place.directory("cache/void")
        try bench.place.symlink("cache/link", to: "aa/one")
        try bench.place.symlink("cache/outside", to: "/etc/passwd")
        try Shell.run(
            """
            cd '\(bench.cache)' && printf x > "$(printf 'raw\\377name')" && ln aa/one aa/three && chmod 500 aa && \
            chmod 1777 void && touch -d '2001-02-03 04:05:06.789012345 UTC' aa/one && touch -d '1960-01-01 UTC' empty \
            && touch -h -d '2002-01-01 00:00:00.5 UTC' link && touch -d '2003-01-01 UTC' aa && chmod 750 . \
            && touch -d '2004-01-01 UTC' .
            """)
        if geteuid() == 0 { try Shell.run("chown 1234:77 '\(bench.cache)/b.sh' && chown -h 5:6 '\(bench.cache)/link'") }
        let snapshot = try bench.snapshot()
        #expect(snapshot.leftOut == 0)
        let index = try CacheMountIndex(decoding: snapshot.index.encoded())
        #expect(index == snapshot.index)
        let out = try bench.restore(index)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
        try Shell.run("diff -r --no-dereference '\(bench.cache)' '\(out)'")
        #expect(try Shell.run("stat -c %h '\(out)/aa/three'") == "2\n")
    }

    @Test("an empty cache is an index without packs")
    func empty() throws {
        let bench = try Bench()
        let snapshot = try bench.snapshot()
        #expect(snapshot.index.packs.isEmpty && snapshot.index.entries.isEmpty && snapshot.newPacks.isEmpty)
        let out = try bench.restore(snapshot.index)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
    }

    @Test("files of equal content are packed once")
    func deduplicates() throws {
        let bench = try Bench()
        for number in 0..<50 { try bench.file("same-\(number)", String(repeating: "x", count: 10_000)) }
        let snapshot = try bench.snapshot()
        #expect(snapshot.index.contents.count == 1)
        #expect(snapshot.index.packs.map(\.unpackedSize) == [512 + 10_240 + 1024])
        let out = try bench.restore(snapshot.index)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
    }

    @Test("two snapshots of one state are the same bytes")
    func deterministic() throws {
        let bench = try Bench()
        for number in 0..<40 { try bench.random("f\(number % 7)/\(number)", count: 100_000, seed: UInt64(number)) }
        let first = try bench.snapshot()
        #expect(try bench.snapshot().index.encoded() == first.index.encoded())
        // With every pack there, a snapshot after the first is the first.
        #expect(try bench.snapshot(after: first).index.encoded() == first.index.encoded())
    }

    @Test("a large cache is cut into packs that are restored side by side", arguments: [1, 4])
    func severalPacks(threads: Int) throws {
        let bench = try Bench()
        for number in 0..<10 { try bench.random("f\(number)", count: 5 << 20, seed: UInt64(number)) }
        let archive = CacheMountArchive(store: bench.store, threads: threads)
        let snapshot = try archive.snapshot(bench.cache)
        #expect(snapshot.index.packs.count == 3)
        let out = try bench.place.directory("out")
        try archive.restore(snapshot.index, into: out)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
        try Shell.run("diff -r '\(bench.cache)' '\(out)'")
    }

    @Test("devices, pipes and programs that run as their owner are left out")
    func leavesOut() throws {
        let bench = try Bench()
        try bench.file("kept", "1")
        try bench.file("setuid", "2", mode: 0o4755)
        try bench.file("setgid", "3", mode: 0o2755)
        try Shell.run("cd '\(bench.cache)' && mkfifo pipe && ln setuid another && mkdir shared && chmod 2775 shared")
        let snapshot = try bench.snapshot()
        #expect(snapshot.leftOut == 4)
        #expect(snapshot.index.entries.map(\.path) == ["kept", "shared"])
        let out = try bench.restore(snapshot.index)
        #expect(try Shell.run("stat -c %a '\(out)/shared'") == "2775\n")
    }

    @Test("a directory that has something in it is not restored into")
    func notEmpty() throws {
        let bench = try Bench()
        let out = try bench.place.directory("out")
        try bench.place.file("out/x", "")
        let index = try bench.snapshot().index
        #expect(failure { try bench.archive.restore(index, into: out) } == .notEmpty(path: out))
        try CacheMountArchive.clear(out)
        try bench.archive.restore(index, into: out)
    }

    @Test("clearing follows no link and removes what is read-only")
    func clears() throws {
        let bench = try Bench()
        try bench.place.file("precious", "p")
        try bench.file("dir/file", "", mode: 0o400)
        try bench.place.symlink("cache/link", to: "../precious")
        try Shell.run("chmod 500 '\(bench.cache)/dir'")
        try CacheMountArchive.clear(bench.cache)
        #expect(try Shell.run("ls -A '\(bench.cache)'") == "")
        #expect(try bench.place.text("precious") == "p")
    }

    @Test("work that is cancelled ends")
    func cancels() throws {
        let bench = try Bench()
        try bench.file("a", "a")
        let index = try bench.snapshot().index
        let archive = CacheMountArchive(store: bench.store, isCancelled: { true })
        #expect(throws: CancellationError.self) { try archive.snapshot(bench.cache) }
        let out = try bench.place.directory("out")
        #expect(throws: CancellationError.self) { try archive.restore(index, into: out) }
    }

    @Test(
        "in a user namespace with one owner, what belongs to others belongs to that one",
        .enabled(
            if: (try? Shell.run("unshare --user --map-root-user true 2>/dev/null")) != nil,
            "user namespaces are not allowed here"))
    func namespace() throws {
        // The same calls as in the namespace fail with EINVAL; an owner that no namespace maps shows it here too.
        let bench = try Bench()
        try bench.file("a", "a")
        var index = try bench.snapshot().index
        index.entries[0].metadata.uid = UInt32.max - 1
        let out = try bench.place.directory("out")
        try bench.archive.restore(index, into: out)
        #expect(try bench.place.text("out/a") == "a")
    }
}
