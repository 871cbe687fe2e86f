// https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html
// https://maven.apache.org/shared/maven-archiver/index.html: META-INF/maven/GROUP/ARTIFACT/pom.properties
internal import Core
internal import Inventory

/// Finds out which artifacts Java archives are, and which they hold.
enum JavaCataloger {
    /// Levels of archives in archives.
    private static let depthLimit = 4
    private static let textLimit = 1 << 20
    private static let artifactLimit = 5000
    /// Bytes that reading an archive in an archive counts for at least, and a text.
    private static let archiveCost = 16 << 10
    private static let textCost = 1 << 10

    static func run(_ survey: inout Survey<some CatalogTree>) throws {
        for path in survey.paths(.javaArchive) {
            guard let content = try survey.content(path) else { continue }
            let reading = Reading(condensed: content) ?? read(content, path: path)
            for remark in reading.remarks { survey.note(path, remark) }
            for package in reading.packages {
                survey.add(
                    InstalledPackage(package.component, evidence: path, files: package.isWhole ? [path] : []))
            }
        }
    }

    static func read(_ content: [UInt8], path: BytePath) -> Reading {
        // Archives in an archive are as good as packed: what unpacks to much more is a trap.
        var reader = Reader(budget: max(2 << 20, content.count * 4))
        reader.read(content[...], name: String(decoding: path.name, as: UTF8.self), depth: 0)
        return reader.reading
    }

    private struct Reader {
        var reading = Reading()
        /// Bytes that may still be unpacked.
        var budget: Int

        init(budget: Int) { self.budget = budget }

        /// - Parameter name: of the file, which often has the version in it.
        mutating func read(_ bytes: ArraySlice<UInt8>, name: String, depth: Int) {
            guard let zip = ZipDirectory(bytes) else {
                return note("\(depth == 0 ? "" : name + " in it ")is no archive that can be read")
            }
            var artifacts: [Artifact] = []
            var manifest = Manifest()
            var nested: [ZipDirectory.Entry] = []
            for entry in zip.entries {
                if entry.name == "META-INF/MANIFEST.MF" {
                    if let text = unpack(entry, zip, limit: textLimit, cost: textCost) { manifest = Manifest(text) }
                } else if entry.name.hasPrefix("META-INF/maven/"), entry.name.hasSuffix("/pom.properties") {
                    if let text = unpack(entry, zip, limit: textLimit, cost: textCost),
                        let artifact = Artifact(properties: text),
                        artifacts.count < artifactLimit, !artifacts.contains(artifact)
                    {
                        artifacts.append(artifact)
                    }
                } else if Evidence.of(BytePath(cleaning: entry.name)) == .javaArchive {
                    nested.append(entry)
                }
            }
            add(artifacts, manifest, FileName(name), isWhole: depth == 0)
            for entry in nested {
                guard depth + 1 < depthLimit else { return note("archives in it are too deep inside of each other") }
                guard let content = unpack(entry, zip, limit: budget, cost: archiveCost) else { continue }
                let slash = entry.name.lastIndex(of: "/")
                let name = slash.map { String(entry.name[entry.name.index(after: $0)...]) } ?? entry.name
                read(content, name: name, depth: depth + 1)
            }
        }

        /// The archive itself is the artifact that its name speaks of; the others are shaded into it.
        private mutating func add(_ artifacts: [Artifact], _ manifest: Manifest, _ file: FileName, isWhole: Bool) {
            let own =
                artifacts.first { $0.name == file.name }
                ?? artifacts.filter { file.stem.hasPrefix($0.name) }.max { $0.name.utf8.count < $1.name.utf8.count }
                ?? (artifacts.count == 1 ? artifacts.first : nil).flatMap { manifest.isAbout($0) ? $0 : nil }
            if let own {
                add(own, licenses: manifest.licenses, isWhole: isWhole)
            } else if let artifact = manifest.artifact(file) {
                add(artifact, licenses: manifest.licenses, isWhole: isWhole)
            }
            for artifact in artifacts where artifact != own { add(artifact, licenses: [], isWhole: false) }
        }

        /// A group that nobody names is what it was for old artifacts: that of `junit` is `junit`.
        private mutating func add(_ artifact: Artifact, licenses: [String], isWhole: Bool) {
            guard reading.packages.count < 20_000 else { return }
            let component = Component(
                .maven, namespace: artifact.group ?? artifact.name, name: artifact.name, version: artifact.version,
                licenses: licenses)
            reading.packages.append(Reading.Package(component: component, isWhole: isWhole))
        }

        private mutating func unpack(
            _ entry: ZipDirectory.Entry, _ zip: ZipDirectory, limit: Int, cost: Int
        ) -> ArraySlice<UInt8>? {
            let cost = max(entry.size, cost)
            guard entry.size <= limit, cost <= budget else {
                note("\(entry.name) in it is too large to be looked into")
                return nil
            }
            // What turns out to be damaged has taken its time as well.
            budget -= cost
            guard let content = zip.content(entry) else {
                note("\(entry.name) in it can't be unpacked")
                return nil
            }
            return content
        }

        private mutating func note(_ text: String) {
            if reading.remarks.count < 20 { reading.remarks.append(text) }
        }
    }
}
