import Core
import ImageAnalysis
import OCI

/// How large an image may be, and how much larger than before.
enum SizeRule: PolicyRule {
    static let name = "size"
    static let title = "the image is within its size budget"
    static let help =
        "What is pulled is what every start on a new machine waits for. Sizes are those of the layers as they travel."
    static let keys = [
        SettingKey("max", .size, "All layers together, as they travel."),
        SettingKey("max-unpacked", .size, "The contents of all layers together."),
        SettingKey("max-layer", .size, "The largest layer, as it travels."),
        SettingKey(
            "max-growth", .growth,
            "How much larger than the baseline, or than the image of --reference, all layers may be together."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) throws -> [PolicyFinding] {
        let image = input.image
        var findings: [PolicyFinding] = []
        let largest = image.layers.indices.max { image.layers[$0].descriptor.size < image.layers[$1].descriptor.size }
        let place = largest.flatMap { input.place(ofLayer: $0) }
        let hint = largest.map { "the largest layer is \(describe($0, input)): see sampan inspect --layers" }
        if let limit = settings.bytes("max"), image.compressedSize > limit {
            findings.append(
                PolicyFinding(
                    "\(Human.bytes(image.compressedSize)) to pull, \(Human.bytes(image.compressedSize - limit)) over the limit of \(Human.bytes(limit))",
                    hint: hint, key: "max", place: place))
        }
        if let limit = settings.bytes("max-unpacked"), image.contentBytes > limit {
            findings.append(
                PolicyFinding(
                    "\(Human.bytes(image.contentBytes)) unpacked, \(Human.bytes(image.contentBytes - limit)) over the limit of \(Human.bytes(limit))",
                    hint: hint, key: "max-unpacked", place: place))
        }
        if let limit = settings.bytes("max-layer") {
            for (index, layer) in image.layers.enumerated() where Int64(layer.descriptor.size) > limit {
                findings.append(
                    PolicyFinding(
                        "layer \(describe(index, input)) is over the limit of \(Human.bytes(limit))",
                        key: "max-layer", place: input.place(ofLayer: index)))
            }
        }
        return findings + growth(settings, input, place)
    }

    private static func growth(
        _ settings: RuleSettings, _ input: PolicyInput, _ place: LayerCause.Place?
    ) -> [PolicyFinding] {
        guard let limit = settings.values["max-growth"] else { return [] }
        guard let before = input.context.reference else {
            return [
                .unjudged(
                    "how much it grew is unknown, for there is no baseline and no reference image",
                    hint:
                        "write one with sampan check --update-baseline and name it in the policy as 'baseline', or compare with --reference IMAGE",
                    key: "max-growth")
            ]
        }
        let growth = input.image.compressedSize - before.size
        let allowed: Int64
        let text: String
        switch limit {
        case .bytes(let bytes): (allowed, text) = (bytes, Human.bytes(bytes))
        case .percent(let share):
            allowed = Int64(Double(before.size) * share / 100)
            text = "\(trimmed(share))%"
        default: return []
        }
        guard growth > allowed else { return [] }
        let share = before.size > 0 ? ", \(Human.decimal(Double(growth) * 100 / Double(before.size), 1))%" : ""
        return [
            PolicyFinding(
                "\(Human.bytes(growth))\(share) larger than \(before.name) (\(Human.bytes(before.size))); \(text) is allowed",
                hint: "see what came with sampan diff; when it must be, sampan check --update-baseline",
                key: "max-growth", place: place)
        ]
    }

    /// `3 (RUN apt-get …, 12.3 MB)`.
    private static func describe(_ index: Int, _ input: PolicyInput) -> String {
        let layer = input.image.layers[index]
        let instruction = CauseText.instruction(layer.cause.instruction)
        let text = instruction.count > 60 ? instruction.prefix(59) + "…" : instruction[...]
        return "\(index + 1) (\(text), \(Human.bytes(Int64(layer.descriptor.size))))"
    }

    static func trimmed(_ share: Double) -> String {
        share == share.rounded() ? String(Int64(share)) : Human.decimal(share, 1)
    }
}

/// How many layers an image may have.
enum LayersRule: PolicyRule {
    static let name = "layers"
    static let title = "the image has few enough layers"
    static let help = "Each layer is a request, a mount and a chance to keep what a later one removes."
    static let keys = [SettingKey("max", .count, "How many layers there may be.")]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        guard let limit = settings.count("max"), input.image.layers.count > limit else { return [] }
        return [
            PolicyFinding(
                "\(input.image.layers.count) layers, \(limit) are allowed",
                hint: "join RUN instructions that belong together, and COPY instructions with the same target",
                key: "max", place: input.dockerfile)
        ]
    }
}

/// How much of an image may travel for nothing.
enum WasteRule: PolicyRule {
    static let name = "waste"
    static let title = "little travels for nothing"
    static let help =
        "Files that a later layer removes or writes again, copies, caches and debug information: see sampan inspect --waste."
    static let keys = [
        SettingKey("max", .size, "How many bytes may be waste, unpacked."),
        SettingKey("max-share", .percent, "Which share of all contents may be waste."),
        SettingKey("min-efficiency", .percent, "The least efficiency, as dive defines it."),
    ]

    static func findings(_ settings: RuleSettings, _ input: PolicyInput) -> [PolicyFinding] {
        let waste = input.explanation.waste
        let bytes = waste.bytes
        let total = input.image.contentBytes
        let largest = waste.items.first
        let hint = largest.map {
            "the largest part is \(SafeText.path($0.path)) (\(Human.bytes($0.bytes))): see sampan inspect --waste"
        }
        let place = largest.flatMap {
            input.place(ofLayer: $0.replacedBy ?? $0.layer) ?? input.place(ofLayer: $0.layer)
        }
        var findings: [PolicyFinding] = []
        if let limit = settings.bytes("max"), bytes > limit {
            findings.append(
                PolicyFinding(
                    "\(Human.bytes(bytes)) are waste, \(Human.bytes(limit)) are allowed", hint: hint, key: "max",
                    place: place))
        }
        if let limit = settings.percent("max-share"), total > 0, Double(bytes) * 100 > limit * Double(total) {
            let share = Human.decimal(Double(bytes) * 100 / Double(total), 1)
            findings.append(
                PolicyFinding(
                    "\(share)% of the contents (\(Human.bytes(bytes))) are waste, \(SizeRule.trimmed(limit))% is allowed",
                    hint: hint, key: "max-share", place: place))
        }
        if let limit = settings.percent("min-efficiency"), waste.diveEfficiency * 100 < limit {
            findings.append(
                PolicyFinding(
                    "efficiency is \(Human.decimal(waste.diveEfficiency * 100, 1))%, \(SizeRule.trimmed(limit))% is asked for",
                    hint: hint, key: "min-efficiency", place: place))
        }
        return findings
    }
}
