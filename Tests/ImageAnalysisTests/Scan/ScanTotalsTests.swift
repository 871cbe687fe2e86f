import Archive
import Core
import HostOS
import ImageAnalysis
import Layers
import SampanTestSupport
import Testing

/// What tar, find and rm make of the same layers.
@Suite("Totals of images are those of an independent count") struct ScanTotalsTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory("totals") }

    @Test("layers of GNU tar with whiteouts, opaque directories and hard links", arguments: [1, 2, 3, 4] as [UInt64])
    func random(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var archives: [[UInt8]] = []
        var sizes: [Int64] = []
        for number in 0..<4 {
            let layer = "\(place.path)/layer\(number)"
            var script = ["mkdir \(layer) && cd \(layer)"]
            var made: Set<String> = []
            for _ in 0..<40 {
                let depth = Int.random(in: 0...2, using: &random)
                let name = (0...depth).map { _ in String("abcdef".randomElement(using: &random) ?? "a") }.joined(
                    separator: "/")
                let size = Int.random(in: 0...3000, using: &random)
                // What doesn't fit what is there already is left out.
                switch Int.random(in: 0..<14, using: &random) {
                case 0: script.append("mkdir -p \(name)")
                case 1: script.append("mkdir -p \(name) && touch \(name)/.wh..wh..opq")
                case 2, 3:
                    let (directory, base) = Self.split(name)
                    script.append("mkdir -p ./\(directory) && touch ./\(directory).wh.\(base)")
                case 4:
                    let target = made.sorted().randomElement(using: &random) ?? "none"
                    script.append("mkdir -p ./\(Self.split(name).directory) && ln \(target) \(name)")
                case 5: script.append("mkdir -p ./\(Self.split(name).directory) && ln -s b/c \(name)")
                default:
                    script.append(
                        "mkdir -p ./\(Self.split(name).directory) && test ! -e \(name) && head -c \(size) /dev/urandom > \(name)"
                    )
                    made.insert(name)
                }
            }
            let format = ["gnu", "pax", "ustar"].randomElement(using: &random) ?? "gnu"
            try Shell.run(script.map { "{ \($0); } 2>/dev/null" }.joined(separator: "\n") + "\ntrue")
            try Shell.run("cd \(layer) && tar --format=\(format) --sort=name -cf ../\(number).tar .")
            archives.append(try WholeFile.read("\(place.path)/\(number).tar"))
            let listing = try Shell.run(
                "tar -tvf \(place.path)/\(number).tar | awk '/^-/ { n += $3 } END { print n + 0 }'")
            sizes.append(Int64(listing.filter(\.isNumber)) ?? -1)
            try Shell.run(Self.apply(layer, to: "\(place.path)/root"))
        }
        let expected = try Shell.run("cd \(place.path)/root && find . -type f -printf '%P %s\\n' | LC_ALL=C sort")
        let image = try await ScanImage(archives, ScanForm.allCases.randomElement(using: &random) ?? .gzip).analyse()
        let files = try image.tree.nodes().filter { $0.entry.isFile }.map { "\($0.path) \($0.entry.size)" }
        #expect(
            files.sorted().joined(separator: "\n") == expected.split(separator: "\n").sorted().joined(separator: "\n"))
        #expect(files.count > 8)
        #expect(image.layers.map(\.facts.contentBytes) == sizes)
        for node in try image.tree.nodes() where node.entry.isFile {
            let digest = try Shell.run("sha256sum < \(place.path)/root/\(node.path)").prefix(64)
            let known = image.facts(of: node)?.digest ?? SHA256.digest(of: [])
            #expect(known.hex == digest)
        }
    }

    private static func split(_ name: String) -> (directory: String, base: String) {
        guard let slash = name.lastIndex(of: "/") else { return ("", name) }
        return (String(name[...slash]), String(name[name.index(after: slash)...]))
    }

    /// Lays a layer's directory on a root as the specification says: what it hides first, then what it has.
    private static func apply(_ layer: String, to root: String) -> String {
        """
        mkdir -p \(root) && cd \(layer) || exit 1
        find . -name '.wh..wh..opq' | while read -r mark; do
            d=\(root)/$(dirname "$mark"); test -d "$d" && test ! -L "$d" && find "$d" -mindepth 1 -delete
        done
        find . -name '.wh.*' ! -name '.wh..wh..opq' | while read -r mark; do
            name=$(basename "$mark"); rm -rf "\(root)/$(dirname "$mark")/${name#.wh.}"
        done
        find . -mindepth 1 ! -name '.wh.*' | LC_ALL=C sort | while read -r path; do
            to=\(root)/$path
            if test -d "$path" && test ! -L "$path"; then
                if test -L "$to" || test ! -d "$to"; then rm -f "$to"; fi
                mkdir -p "$to"
            else
                rm -rf "$to"; cp -a "$path" "$to"
            fi
        done
        true
        """
    }

    @Test("a file that is twice in one archive counts twice in its layer and once in the tree")
    func twice() async throws {
        try Shell.run(
            """
            cd \(place.path) && echo one > a && tar -cf x.tar a && echo longer > a && tar -rf x.tar a && tar -tvf x.tar
            """)
        let image = try await ScanImage([try WholeFile.read("\(place.path)/x.tar")]).analyse()
        #expect(image.layers[0].facts.contentBytes == 4 + 7)
        #expect(try image.tree.nodes().map(\.entry.size) == [7])
    }

    @Test("a file with a hole counts as long as it is")
    func sparse() async throws {
        try Shell.run("cd \(place.path) && truncate -s 3M hole && echo x >> hole && tar -cf x.tar hole")
        let image = try await ScanImage([try WholeFile.read("\(place.path)/x.tar")]).analyse()
        #expect(image.layers[0].facts.contentBytes == (3 << 20) + 2)
    }
}
