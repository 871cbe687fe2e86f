internal import Cataloging
internal import Core
internal import Inventory
internal import Layers
internal import OCI

extension ImageDiff {
    /// Compares two images.
    /// - Throws: ``LayerError`` when the layers of one make no tree.
    package static func between(_ before: Explanation, _ after: Explanation) throws -> ImageDiff {
        ImageDiff(
            before: Side(before), after: Side(after), files: try FileChange.changes(before.image, after.image),
            packages: PackageChange.changes(before.packages, after.packages),
            config: ConfigChange.changes(before.image, after.image),
            causes: CauseChange.changes(before.image, after.image))
    }
}

extension ImageDiff.Side {
    init(_ explanation: Explanation) {
        let image = explanation.image
        self.init(
            name: image.name, manifest: image.manifest.digest, platform: image.platform, layers: image.layers.count,
            compressedBytes: image.compressedSize, contentBytes: image.contentBytes,
            treeBytes: explanation.kinds.reduce(0) { $0 + $1.bytes },
            files: explanation.kinds.reduce(0) { $0 + $1.files }, wastedBytes: explanation.waste.bytes)
    }
}

extension ImageDiff.PackageChange {
    private struct Key: Hashable {
        var ecosystem: Component.Ecosystem
        var namespace: String
        var name: String
    }

    private struct Found {
        var versions: Set<String> = []
        var bytes: Int64 = 0

        var text: String? { versions.isEmpty ? nil : versions.sorted().joined(separator: ", ") }
    }

    static func changes(_ before: [PackageShare], _ after: [PackageShare]) -> [ImageDiff.PackageChange] {
        let (old, new) = (found(before), found(after))
        let order = Dictionary(
            uniqueKeysWithValues: Component.Ecosystem.allCases.enumerated().map { ($0.element, $0.offset) })
        let keys = Set(old.keys).union(new.keys).sorted {
            (order[$0.ecosystem] ?? 0, $0.namespace, $0.name) < (order[$1.ecosystem] ?? 0, $1.namespace, $1.name)
        }
        return keys.compactMap { key in
            let (one, other) = (old[key] ?? Found(), new[key] ?? Found())
            guard one.versions != other.versions else { return nil }
            return ImageDiff.PackageChange(
                ecosystem: key.ecosystem, namespace: key.namespace.isEmpty ? nil : key.namespace, name: key.name,
                before: one.text, after: other.text, bytesBefore: one.bytes, bytesAfter: other.bytes)
        }
    }

    private static func found(_ shares: [PackageShare]) -> [Key: Found] {
        shares.reduce(into: [:]) { found, share in
            let component = share.package.component
            let key = Key(
                ecosystem: component.ecosystem, namespace: component.namespace ?? "", name: component.name)
            found[key, default: Found()].versions.insert(component.version)
            found[key, default: Found()].bytes += share.bytes
        }
    }
}

extension ImageDiff.CauseChange {
    static func changes(_ before: AnalysedImage, _ after: AnalysedImage) -> [ImageDiff.CauseChange] {
        var causes: [ImageDiff.CauseChange] = []
        // The n-th layer of an instruction is compared with the n-th of the other image.
        var waiting = Dictionary(grouping: before.layers.indices.reversed()) { before.layers[$0].cause.instruction }
        for layer in after.layers {
            let old = waiting[layer.cause.instruction]?.popLast()
            causes.append(
                ImageDiff.CauseChange(
                    instruction: SecretText.redacted(layer.cause.instruction), place: layer.cause.place,
                    bytesBefore: old.map { before.layers[$0].facts.contentBytes },
                    bytesAfter: layer.facts.contentBytes,
                    isSame: old.map { before.layers[$0].facts.diffID == layer.facts.diffID } ?? false))
        }
        for index in waiting.values.flatMap({ $0 }).sorted() {
            let layer = before.layers[index]
            causes.append(
                ImageDiff.CauseChange(
                    instruction: SecretText.redacted(layer.cause.instruction), place: layer.cause.place,
                    bytesBefore: layer.facts.contentBytes, bytesAfter: nil, isSame: false))
        }
        return causes
    }
}
