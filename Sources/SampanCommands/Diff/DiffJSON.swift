import ContentStore
import Core
import ImageAnalysis
import Inventory

/// What differs between two images, as JSON.
enum DiffJSON {
    static func document(_ diff: ImageDiff) -> OrderedJSON {
        [
            "before": side(diff.before), "after": side(diff.after), "same": .bool(diff.isEmpty),
            "causes": .array(
                diff.causes.map { cause in
                    OrderedJSON.object([
                        .init(key: "instruction", value: .string(cause.instruction)),
                        .init(key: "place", value: ImageJSON.place(cause.place)),
                        .init(key: "bytesBefore", value: cause.bytesBefore.map { .int($0) } ?? .null),
                        .init(key: "bytesAfter", value: cause.bytesAfter.map { .int($0) } ?? .null),
                        .init(key: "same", value: .bool(cause.isSame)),
                    ]).withoutNulls
                }),
            "config": .array(
                diff.config.map {
                    ["key": .string($0.key), "before": .text($0.before), "after": .text($0.after)]
                }),
            "packages": .array(
                diff.packages.map { change in
                    [
                        "ecosystem": .string(change.ecosystem.rawValue), "namespace": .text(change.namespace),
                        "name": .string(change.name), "before": .text(change.before), "after": .text(change.after),
                        "bytesBefore": .int(change.bytesBefore), "bytesAfter": .int(change.bytesAfter),
                    ]
                }),
            "files": .array(
                diff.files.map { change in
                    let json: OrderedJSON = [
                        "path": ImageJSON.path(change.path), "change": .string(change.kind.rawValue),
                        "aspects": ImageJSON.strings(change.aspects.map(\.rawValue)),
                        "bytesBefore": .int(change.bytesBefore), "bytesAfter": .int(change.bytesAfter),
                        "before": change.before.map(state) ?? .null, "after": change.after.map(state) ?? .null,
                    ]
                    return json.withoutNulls
                }),
        ]
    }

    /// With the keys that a list of files has.
    private static func state(_ state: ImageDiff.FileState) -> OrderedJSON {
        let json: OrderedJSON = [
            "type": .string(state.type.rawValue), "mode": .string(String(state.mode, radix: 8)),
            "uid": .int(state.uid), "gid": .int(state.gid), "target": state.target.map(ImageJSON.text) ?? .null,
        ]
        return json.withoutNulls
    }

    private static func side(_ side: ImageDiff.Side) -> OrderedJSON {
        [
            "name": .string(side.name), "digest": .string(side.manifest.description),
            "platform": .string(side.platform.description), "layers": .int(side.layers),
            "compressed": .int(side.compressedBytes), "bytes": .int(side.contentBytes), "tree": .int(side.treeBytes),
            "files": .int(side.files), "waste": .int(side.wastedBytes),
        ]
    }
}
