import CacheMounts
import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("Incremental snapshots of cache mounts")
struct IncrementTests {
    /// A bench with ten files of 20 kB and their snapshot.
    private func prepared() throws -> (Bench, CacheMountSnapshot) {
        let bench = try Bench()
        for number in 0..<10 { try bench.random("f\(number)", count: 20_000, seed: UInt64(number)) }
        return (bench, try bench.snapshot())
    }

    @Test("only what is new or changed is packed again")
    func packsChanges() throws {
        let (bench, first) = try prepared()
        try bench.file("new", "something new")
        try bench.random("f3", count: 20_000, seed: 33)
        let second = try bench.snapshot(after: first)
        #expect(second.index.packs.count == 2)
        #expect(second.index.packs[0] == first.index.packs[0])
        #expect(second.newPacks == [second.index.packs[1]])
        #expect(second.newPacks[0].unpackedSize == 512 + 20_480 + 512 + 512 + 1024)
        let out = try bench.restore(second.index)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
    }

    @Test("a file that was only touched or moved is not packed again")
    func touched() throws {
        let (bench, first) = try prepared()
        try Shell.run("cd '\(bench.cache)' && touch f1 && chmod 600 f2 && mv f4 renamed")
        let second = try bench.snapshot(after: first)
        #expect(second.newPacks.isEmpty)
        #expect(second.index.packs == first.index.packs)
        let out = try bench.restore(second.index)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
    }

    @Test("a file that was read before, or restored, is not read again; one that was touched is")
    func remembered() throws {
        let (bench, first) = try prepared()
        #expect(first.read == 10)
        // What was looked at within two seconds of its last change is not trusted.
        #expect(try bench.snapshot(after: first).read == 10)
        usleep(2_100_000)
        #expect(try bench.snapshot(after: first).read == 10)
        #expect(try bench.snapshot(after: first).read == 0)
        #expect(try bench.snapshot().index == first.index)
        try Shell.run("cd '\(bench.cache)' && touch f1 && mkdir sub && mv f2 sub && mv sub moved")
        let second = try bench.snapshot(after: first)
        #expect(second.read == 2)
        let out = try bench.restore(second.index)
        #expect(try bench.snapshot(out, after: second).read == 0)
        try Shell.run("cd '\(out)' && touch f1")
        #expect(try bench.snapshot(out, after: second).read == 1)
    }

    @Test("links, empty files and files of the same content are remembered after a restore as well")
    func rememberedKinds() throws {
        let bench = try Bench()
        try bench.file("d/one", "content")
        try Shell.run("cd '\(bench.cache)' && cp d/one two && ln two three && ln -s two four && touch empty")
        let first = try bench.snapshot()
        #expect(first.read == 2)
        let out = try bench.restore(first.index)
        let second = try bench.snapshot(out, after: first)
        #expect(second.read == 0)
        #expect(second.index == first.index)
    }

    @Test("directories that took each other's place have the other's files, whatever sizes and times say")
    func swappedDirectories() throws {
        let bench = try Bench()
        try bench.file("v1/f", "one")
        try bench.file("v2/f", "two")
        try Shell.run("cd '\(bench.cache)' && cp -r v1 current && touch -d @500000000 */f */. .")
        let first = try bench.snapshot()
        let place = try bench.restore(first.index, into: "place")
        #expect(try bench.snapshot(place, after: first).read == 0)
        try Shell.run("cd '\(place)' && rm -r current && mv v2 current && touch -d @500000000 .")
        let second = try bench.snapshot(place, after: first)
        let out = try bench.restore(second.index)
        #expect(try Shell.run("cat '\(out)/current/f'") == "two")
        #expect(try Shell.run("cat '\(out)/v1/f'") == "one")
        #expect(try Bench.listing(out) == Bench.listing(place))
        // A directory that moved needs no file of it read.
        #expect(second.read == 0)
        #expect(second.newPacks.isEmpty)
    }

    @Test("a file of a restored mount that was replaced under its old size and time is seen by its status")
    func replaced() throws {
        let (bench, first) = try prepared()
        let place = try bench.restore(first.index, into: "place")
        try Shell.run(
            "cd '\(place)' && touch -r f5 stamp && tr a-m n-z < f5 > x && cat x > f5 && touch -r stamp f5 && rm x stamp"
        )
        let second = try bench.snapshot(place, after: first)
        #expect(second.read == 1)
        #expect(second.index.contents.count == 10)
        #expect(second.newPacks.count == 1)
    }

    @Test("deleted files drop out of the index, their pack stays while half of it lives")
    func deleted() throws {
        let (bench, first) = try prepared()
        try Shell.run("cd '\(bench.cache)' && rm f0 f1 f2")
        let second = try bench.snapshot(after: first)
        #expect(second.index.packs == first.index.packs)
        #expect(second.index.contents.count == 7)
        #expect(second.newPacks.isEmpty)
        let out = try bench.restore(second.index)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
    }

    @Test("a pack of which more than half is dead is written anew")
    func repacked() throws {
        let (bench, first) = try prepared()
        try Shell.run("cd '\(bench.cache)' && rm f0 f1 f2 f3 f4 f5")
        let second = try bench.snapshot(after: first)
        #expect(second.index.packs.count == 1)
        #expect(second.newPacks == second.index.packs)
        #expect(second.index.packs[0].unpackedSize == 4 * (512 + 20_480) + 1024)
        let out = try bench.restore(second.index)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
    }

    @Test("what lies in a pack that can't be had any more is packed again")
    func unusable() throws {
        let (bench, first) = try prepared()
        let second = try bench.archive.snapshot(bench.cache, previous: .init(first.index) { _ in false })
        #expect(second.newPacks.count == 1)
        #expect(second.index == first.index)
    }

    @Test("however often it is exported, a cache has at most 32 packs")
    func manyPacks() throws {
        let bench = try Bench()
        var last: CacheMountSnapshot?
        var most = 0
        var rewritten: Int64 = 0
        for number in 0..<100 {
            try bench.random("f\(number)", count: 1000 + number * 50, seed: UInt64(number))
            let next = try bench.snapshot(after: last)
            most = max(most, next.index.packs.count)
            rewritten += next.newPacks.reduce(0) { $0 + $1.size }
            last = next
        }
        let index = try #require(last).index
        #expect(most == 32)
        #expect(index.contents.count == 100)
        // Merging costs less than twice what is there.
        #expect(rewritten < 3 * index.packs.reduce(0) { $0 + $1.size })
        let out = try bench.restore(index)
        #expect(try Bench.listing(out) == Bench.listing(bench.cache))
    }

    @Test("a snapshot of a directory in which others work is whole")
    func concurrent() throws {
        let bench = try Bench()
        for number in 0..<200 { try bench.random("f\(number)", count: 3000, seed: UInt64(number)) }
        // Another process appends, replaces and removes all the while.
        let cache = bench.cache
        try Shell.run(
            """
            (cd '\(cache)' && for round in $(seq 1 60); do for n in 1 2 3 4 5; do echo $round >> f$n; \
            echo $round > t$n && mv t$n g$n; rm -f g$((n + 1)); done; done; touch ../done) > /dev/null 2>&1 &
            """)
        var last: CacheMountSnapshot?
        repeat {
            let snapshot = try bench.snapshot(after: last)
            let out = try bench.restore(snapshot.index, into: "out")
            #expect(snapshot.index.entries.count >= 195)
            try CacheMountArchive.clear(out)
            last = snapshot
        } while access(bench.place.path("done"), F_OK) != 0
    }
}
