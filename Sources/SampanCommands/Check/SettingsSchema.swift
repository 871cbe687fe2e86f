// https://json-schema.org/draft-07/schema
import Core
import Policy

/// The schema of `sampan.yaml`; docs/sampan.schema.json is a copy of it.
enum SettingsSchema {
    static var document: OrderedJSON {
        var schema = PolicySchema.object(
            [
                PolicySchema.member("registries", registries),
                PolicySchema.member("policy", PolicySchema.section),
            ], "Settings of a project that builds its images with sampan.")
        guard case .object(let members) = schema else { return schema }
        schema = .object(
            [
                PolicySchema.member("$schema", "http://json-schema.org/draft-07/schema#"),
                PolicySchema.member("title", "sampan.yaml"),
            ] + members)
        return schema
    }

    private static var registries: OrderedJSON {
        let entry = PolicySchema.object(
            [
                PolicySchema.member(
                    "mirrors",
                    [
                        "type": "array", "description": "Asked before the registry, in this order.",
                        "items": ["type": "string"],
                    ]),
                PolicySchema.member(
                    "insecure",
                    ["type": "boolean", "description": "Whether it is reached without TLS, or unchecked."]),
                PolicySchema.member(
                    "ca", PolicySchema.text("A file of PEM certificates that its own is checked against.")),
                PolicySchema.member(
                    "client-certificate", PolicySchema.text("A PEM file that is shown to the registry.")),
                PolicySchema.member("client-key", PolicySchema.text("The key of the client certificate.")),
                PolicySchema.member(
                    "token-server", PolicySchema.text("The host that issues its tokens, as HOST[:PORT].")),
            ], "How one registry is reached.")
        return [
            "type": "object", "description": "By the registry's HOST[:PORT].", "additionalProperties": entry,
        ]
    }
}
