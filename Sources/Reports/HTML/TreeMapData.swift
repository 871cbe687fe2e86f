import Binaries
import Cataloging
import Core
import ImageAnalysis
import Inventory
import Layers

/// What the treemap of a page is drawn from: files with their bytes, kinds, layers and packages.
struct TreeMapData {
    /// More files than this are drawn together with others of their directory.
    static let limit = 4000

    private struct Row {
        var path: String
        var bytes: Int64
        var kind: Int
        var layer: Int
        var package: Int
    }

    /// A file of several names, by the first.
    private struct LinkedFile: Hashable {
        var layer: Int
        var name: BytePath
    }

    private let name: String
    private var rows: [Row] = []
    private let kinds = ContentKind.allCases
    private let layers: [String]
    private var packages: [String] = ["no package"]

    init(_ explanation: Explanation, _ programs: [ProgramSize]) throws {
        let image = explanation.image
        name = SafeText.text(image.name)
        layers = image.layers.enumerated().map { "\($0 + 1): " + Self.short($1.cause.instruction) } + ["no layer"]
        var owners: [BytePath: Int] = [:]
        for share in explanation.packages where share.files > 0 {
            packages.append(SafeText.text(share.package.component.name + " " + share.package.component.version))
            for file in share.package.files where owners[file] == nil { owners[file] = packages.count - 1 }
        }
        let parts = Dictionary(programs.map { ($0.path, $0.attribution) }) { first, _ in first }
        var others: Set<LinkedFile> = []
        for node in try image.tree.nodes() where node.entry.isFile && node.entry.size > 0 {
            if let first = node.hardlink {
                // Its first name is drawn; where a later layer took that away, the first that is left.
                let isThere = try image.tree.lookup(first, followLinks: false)?.layer == node.layer
                if isThere || !others.insert(LinkedFile(layer: node.layer, name: first)).inserted { continue }
            }
            let kind = image.facts(of: node)?.kind ?? .data
            let row = Row(
                path: String(SafeText.path(node.path).dropFirst()), bytes: node.entry.size,
                kind: kinds.firstIndex(of: kind) ?? 0,
                layer: node.layer < 0 ? layers.count - 1 : node.layer, package: owners[node.path] ?? 0)
            rows += parts[node.path].map { Self.split(row, $0) } ?? [row]
        }
        rows.sort { ($1.bytes, $0.path) < ($0.bytes, $1.path) }
        bound()
    }

    private static func short(_ instruction: String) -> String {
        let text = CauseText.instruction(instruction)
        return text.count > 60 ? text.prefix(59) + "…" : text
    }

    /// A program is drawn by what it is made of.
    private static func split(_ row: Row, _ attribution: SizeAttribution) -> [Row] {
        attribution.parts.filter { $0.bytes > 0 }.map { part in
            var row = row
            let place = [part.module, part.package].filter { !$0.isEmpty }.map {
                SafeText.text($0).replacing("/", with: "\u{2215}")
            }
            row.path += "/" + (place + [FileKindText.part(part.kind)]).joined(separator: "/")
            row.bytes = part.bytes
            return row
        }
    }

    /// Puts the smallest files of a directory together until there are few enough rows.
    private mutating func bound() {
        guard rows.count > Self.limit else { return }
        struct Key: Hashable {
            var directory: String
            var kind: Int
            var layer: Int
            var package: Int
        }
        // Ever shorter directories, so that in the end there are few of them.
        var depth = 6
        let kept = rows.prefix(Self.limit / 2)
        while true {
            var rest: [Key: Int64] = [:]
            for row in rows.dropFirst(kept.count) {
                let parts = row.path.split(separator: "/").dropLast().prefix(depth)
                let key = Key(
                    directory: parts.joined(separator: "/"), kind: row.kind, layer: row.layer,
                    package: depth > 2 ? row.package : 0)
                rest[key, default: 0] += row.bytes
            }
            if rest.count <= Self.limit / 2 || depth == 0 {
                rows =
                    kept
                    + rest.map { key, bytes in
                        Row(
                            path: (key.directory.isEmpty ? "" : key.directory + "/") + "smaller files", bytes: bytes,
                            kind: key.kind, layer: key.layer, package: key.package)
                    }.sorted { ($1.bytes, $0.path, $0.kind, $0.layer) < ($0.bytes, $1.path, $1.kind, $1.layer) }
                return
            }
            depth -= 1
        }
    }

    var json: OrderedJSON {
        [
            "name": .string(name), "kinds": .array(kinds.map { .string(KindText.content($0)) }),
            "layers": .array(layers.map { .string($0) }), "packages": .array(packages.map { .string($0) }),
            "files": .array(
                rows.map { row in
                    [.string(row.path), .int(row.bytes), .int(row.kind), .int(row.layer), .int(row.package)]
                }),
        ]
    }
}
