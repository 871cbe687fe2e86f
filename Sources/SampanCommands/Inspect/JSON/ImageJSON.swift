import ContentStore
import Core
import ImageAnalysis
import Layers
import OCI

/// What inspection finds, as JSON. Keys keep their order and meaning; new ones may come.
enum ImageJSON {
    /// All but the list of files.
    static func explanation(_ explanation: Explanation) -> OrderedJSON {
        let image = explanation.image
        return [
            "name": .string(image.name), "digest": .string(image.manifest.digest.description),
            "platform": .string(image.platform.description),
            "compressed": .int(image.compressedSize), "bytes": .int(image.contentBytes),
            "config": config(image.config), "layers": layers(image), "waste": waste(explanation),
            "kinds": .array(
                explanation.kinds.map {
                    ["kind": .string($0.kind.rawValue), "files": .int($0.files), "bytes": .int($0.bytes)]
                }),
            "packages": packages(explanation.packages), "programs": programs(explanation.programs),
            "bases": bases(explanation.bases), "advice": advice(explanation.advice),
            "remarks": .array(image.remarks.map { .string($0) }),
        ]
    }

    static func config(_ config: ImageConfig) -> OrderedJSON {
        let container = config.config
        return OrderedJSON.object([
            .init(key: "created", value: .text(config.created)), .init(key: "user", value: .text(container.user)),
            .init(key: "entrypoint", value: shown(container.entrypoint)),
            .init(key: "cmd", value: shown(container.cmd)),
            .init(key: "workingDir", value: .text(container.workingDir)),
            .init(key: "env", value: strings(container.env.map { SecretText.redacted(variable: $0) })),
            .init(key: "ports", value: strings(container.exposedPorts.sorted())),
            .init(key: "volumes", value: strings(container.volumes.sorted())),
            .init(key: "labels", value: labels(container.labels)),
            .init(key: "healthcheck", value: container.healthcheck.map { shown($0.test) } ?? .null),
            .init(key: "stopSignal", value: .text(container.stopSignal)),
        ]).withoutNulls
    }

    static func layers(_ image: AnalysedImage) -> OrderedJSON {
        .array(
            image.layers.enumerated().map { index, layer in
                let facts = layer.facts
                return [
                    "layer": .int(index + 1), "digest": .string(layer.descriptor.digest.description),
                    "diffID": .string(facts.diffID.description),
                    "mediaType": .string(layer.descriptor.mediaType.rawValue),
                    "compressed": .int(layer.descriptor.size), "archive": .int(facts.archiveSize),
                    "bytes": .int(facts.contentBytes), "entries": .int(facts.contents.entries.count),
                    "cause": cause(layer.cause),
                ]
            })
    }

    static func cause(_ cause: LayerCause) -> OrderedJSON {
        OrderedJSON.object([
            .init(key: "instruction", value: .string(SecretText.redacted(cause.instruction))),
            .init(key: "place", value: place(cause.place)),
            .init(key: "created", value: .text(cause.created)),
        ]).withoutNulls
    }

    static func place(_ place: LayerCause.Place?) -> OrderedJSON {
        guard let place else { return .null }
        return [
            "file": .string(place.file), "firstLine": .int(place.firstLine), "lastLine": .int(place.lastLine),
            "stage": .string(place.stage),
        ]
    }

    /// - Parameter index: counted from 0; people count from 1.
    private static func layer(_ index: Int?) -> OrderedJSON { index.map { .int($0 + 1) } ?? .null }

    static func waste(_ explanation: Explanation) -> OrderedJSON {
        let waste = explanation.waste
        return [
            "bytes": .int(waste.bytes), "diveEfficiency": fraction(waste.diveEfficiency),
            "diveWastedBytes": .int(waste.diveWastedBytes),
            "items": .array(
                waste.items.map { item in
                    OrderedJSON.object([
                        .init(key: "kind", value: .string(item.kind.rawValue)),
                        .init(key: "path", value: path(item.path)),
                        .init(key: "bytes", value: .int(item.bytes)), .init(key: "layer", value: layer(item.layer)),
                        .init(key: "replacedBy", value: layer(item.replacedBy)),
                        .init(key: "original", value: item.original.map(path) ?? .null),
                    ]).withoutNulls
                }),
        ]
    }

    static func advice(_ advice: [Advice]) -> OrderedJSON {
        .array(
            advice.map { item in
                OrderedJSON.object([
                    .init(key: "rule", value: .string(item.rule)), .init(key: "title", value: .string(item.title)),
                    .init(key: "bytes", value: .int(item.bytes)), .init(key: "risk", value: .int(item.risk)),
                    .init(key: "place", value: place(item.place)), .init(key: "before", value: .text(item.before)),
                    .init(key: "after", value: .text(item.after)),
                ]).withoutNulls
            })
    }

    /// All of the final tree in path order.
    static func files(_ image: AnalysedImage, _ listing: TreeListing) -> OrderedJSON {
        .array(
            listing.items.map { item in
                var members: [OrderedJSON.Member] = [
                    .init(key: "path", value: path(item.path)),
                    .init(key: "type", value: .string(ModeText.kind(item.entry))),
                    .init(key: "bytes", value: .int(item.bytes)),
                    .init(key: "mode", value: .string(String(item.entry.mode, radix: 8))),
                    .init(key: "uid", value: .int(item.entry.uid)), .init(key: "gid", value: .int(item.entry.gid)),
                    .init(key: "layer", value: item.layer >= 0 ? layer(item.layer) : .null),
                ]
                if case .symlink(let target) = item.entry.kind {
                    members.append(.init(key: "target", value: text(target)))
                }
                if item.entry.isFile, let facts = image.facts(of: item) {
                    members.append(.init(key: "kind", value: .string(facts.kind.rawValue)))
                    if let digest = facts.digest {
                        members.append(.init(key: "digest", value: .string(digest.description)))
                    }
                }
                return OrderedJSON.object(members).withoutNulls
            })
    }

    // MARK: - Values

    /// JSON has no bytes: names that are no UTF-8 are given with their other bytes escaped, as `\xff`.
    static func path(_ path: BytePath) -> OrderedJSON {
        .string(String(validating: path.bytes, as: UTF8.self).map { "/" + $0 } ?? SafeText.path(path))
    }

    static func text(_ bytes: [UInt8]) -> OrderedJSON {
        .string(String(validating: bytes, as: UTF8.self) ?? SafeText.bytes(bytes))
    }

    static func strings(_ values: [String]) -> OrderedJSON { .array(values.map { .string($0) }) }

    /// Words of a command, without secrets.
    private static func shown(_ words: [String]) -> OrderedJSON { strings(SecretText.redacted(words: words)) }

    private static func labels(_ labels: [String: String]) -> OrderedJSON {
        .object(
            labels.sorted { $0.key < $1.key }.map {
                .init(key: $0.key, value: .string(SecretText.redacted($0.value, of: $0.key)))
            })
    }

    /// Four decimals, so that the same is the same text everywhere.
    static func fraction(_ value: Double) -> OrderedJSON {
        .number(value.isFinite ? Human.decimal(value, 4) : "0")
    }
}
