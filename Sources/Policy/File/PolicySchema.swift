// https://json-schema.org/draft-07/schema (which editors know best)
package import Core

/// The schema of a policy, made from what its reader knows.
package enum PolicySchema {
    /// Of the section `policy`.
    package static var section: OrderedJSON {
        var properties: [OrderedJSON.Member] = [
            member(
                "mode", choice(["enforce", "warn"], "What a rule does that says nothing itself: fail, or be told.")),
            member(
                "profile",
                choice(Profile.names, "A policy that comes with the program; what stands here goes before it.")),
            member(
                "baseline",
                text("The file of the figures that growth is measured against, seen from this file's directory.")),
        ]
        properties += PolicyRules.all.map { member($0.name, rule($0)) }
        properties.append(member("exceptions", exceptions))
        return object(properties, "What images must be, judged by sampan check.")
    }

    package static func member(_ key: String, _ value: OrderedJSON) -> OrderedJSON.Member {
        OrderedJSON.Member(key: key, value: value)
    }

    /// A mapping with these keys and no others.
    package static func object(
        _ properties: [OrderedJSON.Member], _ description: String, required: [String] = []
    ) -> OrderedJSON {
        var schema: OrderedJSON = [
            "type": "object", "description": .string(description), "properties": .object(properties),
            "additionalProperties": false,
        ]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return schema
    }

    package static func text(_ description: String, pattern: String? = nil) -> OrderedJSON {
        let schema: OrderedJSON = [
            "type": "string", "description": .string(description), "pattern": .text(pattern),
        ]
        return schema.withoutNulls
    }

    private static func choice(_ values: [String], _ description: String) -> OrderedJSON {
        ["enum": .array(values.map { .string($0) }), "description": .string(description)]
    }

    private static func list(_ description: String, pattern: String? = nil) -> OrderedJSON {
        let item: OrderedJSON = ["type": ["string", "integer"], "pattern": .text(pattern)]
        return ["type": "array", "description": .string(description), "items": item.withoutNulls]
    }

    private static func rule(_ rule: any PolicyRule.Type) -> OrderedJSON {
        var properties = [
            member("mode", choice(PolicyFile.Mode.allCases.map(\.rawValue), "What happens when the rule is broken."))
        ]
        properties += rule.keys.map { member($0.name, setting($0)) }
        let title = rule.title.prefix(1).uppercased() + rule.title.dropFirst() + ". "
        return [
            "description": .string(title + rule.help),
            "oneOf": [
                ["type": "boolean", "description": "true: the rule as it is; false: not at all."],
                object(properties, title + rule.help),
            ],
        ]
    }

    private static let sizePattern = "^[0-9]+(\\.[0-9]+)? ?([kKmMgGtT]?[bB]?|[kKmMgGtT][iI][bB])$"
    private static let sharePattern = "^[0-9]+(\\.[0-9]+)?%$"

    private static func setting(_ key: SettingKey) -> OrderedJSON {
        let help = OrderedJSON.string(key.help)
        func text(_ pattern: String) -> OrderedJSON {
            ["type": ["string", "integer"], "description": help, "pattern": .string(pattern)]
        }
        switch key.kind {
        case .size: return text(sizePattern)
        case .growth: return text("(\(sizePattern))|(\(sharePattern))")
        case .count: return ["type": "integer", "minimum": 0, "maximum": 1_000_000, "description": help]
        case .percent: return text(sharePattern)
        case .days: return text("^[0-9]{1,5}[dwy]$")
        case .flag: return ["type": "boolean", "description": help]
        case .choice(let values): return choice(values, key.help)
        case .texts, .paths: return list(key.help)
        case .ports: return list(key.help, pattern: "^[0-9]+(-[0-9]+)?(/(tcp|udp|sctp))?$")
        case .platforms: return list(key.help, pattern: "^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?$")
        case .pairs:
            return ["type": "object", "description": help, "additionalProperties": ["type": ["string", "integer"]]]
        }
    }

    private static var exceptions: OrderedJSON {
        let item = object(
            [
                member("rule", choice(PolicyRules.names, "The rule that may be broken.")),
                member("path", text("The files that it is about; without it all that the rule finds.")),
                member("reason", text("Why.")),
                member("owner", text("Who answers for it.")),
                member(
                    "expires",
                    text("The last day on which it holds, such as 2030-01-31.", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
                ),
            ], "A rule that may be broken for a while.", required: ["rule", "reason", "owner", "expires"])
        return [
            "type": "array", "description": "What may break rules for a while, and who answers for it.", "items": item,
        ]
    }
}
