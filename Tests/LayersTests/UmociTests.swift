import Archive
import Core
import Glibc
import HostOS
import Layers
import SampanTestSupport
import Testing

private let hasUmoci = access("/usr/bin/umoci", X_OK) == 0

@Suite(.enabled(if: hasUmoci, "umoci is not installed")) struct UmociTests {
    @Test("a layer that umoci inserted, which ends behind its last content, is read whole")
    func insert() throws {
        let place = try TemporaryDirectory("umoci")
        try place.file("f", "hello")
        try Shell.run(
            """
            cd \(place.path) && umoci init --layout oci && umoci new --image oci:1 && umoci insert --image oci:1 f /d/f
            for blob in oci/blobs/sha256/*; do gzip -t $blob 2>/dev/null && mv $blob layer; done
            test $(zcat layer | wc -c) = 517
            """)
        let blob = DescriptorSource(try FileDescriptor.open(place.path("layer"), O_RDONLY))
        let indexed = try TarIndexer.index(blob, into: place.scratchFile(), expecting: nil)
        #expect(indexed.contents.entries.map(\.path.description) == ["d/f"])
        #expect(try indexed.contents.entries.first?.content.open().readAll(limit: 10) == Array("hello".utf8))
        #expect(indexed.size == 517)
    }
}
