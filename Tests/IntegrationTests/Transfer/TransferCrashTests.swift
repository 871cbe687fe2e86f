import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("transfers that are killed", .serialized)
struct TransferCrashTests {
    /// `SAMPAN_TEST_CRASHES` says how often; the moments come from a seed.
    private static let rounds = ProgramPath.variable("SAMPAN_TEST_CRASHES").flatMap { Int($0) } ?? 8

    /// Starts the program and kills it after a time.
    /// - Returns: whether it was still running.
    @discardableResult
    private func kill(_ work: Workspace, after microseconds: UInt32, _ arguments: [String]) throws -> Bool {
        var options = try Program.options(
            arguments, environment: ["SAMPAN_HOME": work.home], directory: work.place.path)
        options.descriptors[1] = try .null()
        options.descriptors[2] = try .null()
        let process = try ChildProcess.spawn(options)
        usleep(microseconds)
        process.terminate(SIGKILL)
        return process.wait() == .signaled(SIGKILL)
    }

    private func layers(_ count: Int, size: Int) -> [[UInt8]] {
        (0..<count).map { index in
            var random = SeededGenerator(seed: UInt64(index) + 100)
            let content = random.bytes(size)
            return
                (try? TarFile.bytes([
                    (TarHeaderFor.file("file\(index)", content.count), content)
                ])) ?? []
        }
    }

    @Test("a pull goes on where it was killed, and fetches nothing twice")
    func pull() throws {
        let work = try Workspace("crash")
        let registry = try TestRegistry()
        let image = try registry.addImage(layers(3, size: 2_000_000), repository: "team/web", tag: "1")
        // Six seconds for a layer: every kill comes in the middle.
        registry.inject(.slow(bytes: 8 << 10, milliseconds: 25), on: .blobs)
        let name = "\(registry.authority)/team/web:1"
        let arguments = ["pull", name, "--insecure-registry", registry.authority]
        var random = SeededGenerator(seed: 5)
        var arrived: [Digest: Int] = [:]
        for round in 0..<Self.rounds {
            registry.clearRequests()
            try kill(work, after: 350_000 + UInt32(random.next() % 250_000), arguments)
            for request in registry.requests where request.method == "GET" && request.path.contains("/blobs/") {
                let digest = try Digest(parsing: String(request.path.split(separator: "/").last ?? ""))
                let start = request.headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } ?? 0
                #expect(start >= arrived[digest] ?? 0, "round \(round)")
                if round > 0, arrived[digest] != nil, start > 0 { arrived[digest] = start }
                if arrived[digest] == nil { arrived[digest] = 0 }
            }
            #expect(try work.succeed(["images", "-q"]).output.isEmpty, "round \(round)")
        }
        // What had arrived shows in where the last requests began.
        #expect(arrived.values.reduce(0, +) > 200_000, "\(arrived)")
        registry.heal()
        registry.clearRequests()
        #expect(try work.succeed(arguments).result == image.descriptor.digest.description)
        for request in registry.requests where request.path.contains("/blobs/") && request.method == "GET" {
            let digest = try Digest(parsing: String(request.path.split(separator: "/").last ?? ""))
            guard arrived[digest] ?? 0 > 0 else { continue }
            #expect(request.headers["range"] != nil, "\(request.path) was fetched from its beginning")
        }
        let blob = image.manifest.layers[2].digest
        #expect(SHA256.digest(of: try WholeFile.read("\(work.home)/blobs/sha256/\(blob.hex)")) == blob)
        #expect(try work.usage() == Tree.size(work.home))
        #expect(!(try work.succeed(["cache", "du"]).output.contains("left behind")))
    }

    @Test("a push goes on where it was killed, and sends no blob twice")
    func push() throws {
        let work = try Workspace("crash")
        let source = try TestRegistry()
        let image = try source.addImage(layers(6, size: 400_000), repository: "team/web", tag: "1")
        try work.succeed([
            "pull", "\(source.authority)/team/web:1", "-t", "web:1", "--insecure-registry", source.authority,
        ])
        source.stop()
        let registry = try TestRegistry()
        // The pauses before another try are when it is killed.
        registry.inject(.sometimes500(oneIn: 3), on: .uploads)
        let blobs = image.manifest.layers + [image.manifest.config]
        let name = "\(registry.authority)/team/web:1"
        let arguments = ["push", "web:1", name, "--insecure-registry", registry.authority]
        var random = SeededGenerator(seed: 6)
        var killed = 0
        for round in 0..<Self.rounds * 2 {
            let there = Set(blobs.map(\.digest).filter { registry.blob($0, repository: "team/web") != nil })
            registry.clearRequests()
            if try kill(work, after: 20_000 + UInt32(random.next() % 120_000), arguments) { killed += 1 }
            for request in registry.requests where request.method == "PUT" {
                guard let text = request.query("digest")?.replacing("%3A", with: ":") else { continue }
                #expect(!there.contains(try Digest(parsing: text)), "round \(round): \(text) was there")
            }
            // A tag appears when all that it names is there.
            if registry.manifest("1", repository: "team/web") != nil {
                #expect(blobs.allSatisfy { registry.blob($0.digest, repository: "team/web") != nil })
            }
        }
        #expect(killed > 0)
        registry.heal()
        #expect(try work.succeed(arguments).result.hasSuffix(image.descriptor.digest.description))
        for blob in blobs {
            let bytes = try #require(registry.blob(blob.digest, repository: "team/web"))
            #expect(SHA256.digest(of: bytes) == blob.digest)
        }
        #expect(try work.usage() == Tree.size(work.home))
    }

    @Test("a copy goes on where it was killed: into a layout, an archive and another registry")
    func copy() throws {
        let work = try Workspace("crash")
        let source = try TestRegistry()
        let image = try source.addImage(layers(4, size: 300_000), repository: "team/web", tag: "1")
        source.inject(.slow(bytes: 16 << 10, milliseconds: 8), on: .blobs)
        let target = try TestRegistry()
        let insecure = ["--insecure-registry", source.authority, "--insecure-registry", target.authority]
        let from = "docker://\(source.authority)/team/web:1"
        var random = SeededGenerator(seed: 7)
        for destination in [
            "oci:\(work.place.path("layout")):1", "oci-archive:\(work.place.path("a.tar"))",
            "docker://\(target.authority)/copy/web:1", "dir:" + work.place.path("dir"),
        ] {
            for _ in 0..<max(3, Self.rounds / 2) {
                try kill(work, after: 30_000 + UInt32(random.next() % 250_000), ["copy", from, destination] + insecure)
                // No half archive is ever to be seen.
                if try FileInfo.of(work.place.path("a.tar")) != nil {
                    #expect(try Shell.run("tar -tf '\(work.place.path("a.tar"))'").contains("index.json"))
                }
            }
            let outcome = try work.succeed(["copy", from, destination] + insecure)
            #expect(outcome.result.hasSuffix(image.descriptor.digest.description), "\(destination)")
            // Every blob is there and is what it should be.
            let other = try Workspace("crash")
            let back = try other.succeed(["copy", destination, "store:got:1"] + insecure)
            #expect(back.result == image.descriptor.digest.description, "\(destination)")
        }
        #expect(try work.usage() == Tree.size(work.home))
    }
}
