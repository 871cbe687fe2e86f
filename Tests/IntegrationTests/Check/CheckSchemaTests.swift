import HostOS
import SampanTestSupport
import Testing

/// What the program writes, by the schemas that the formats' own makers publish.
@Suite(
    "schemas",
    .enabled(if: JSONSchemas.areHere && DebianBases.hasWheel("jsonschema-specifications")))
struct CheckSchemaTests {
    private func draft7() throws -> String {
        try DebianBases.script("wheel jsonschema-specifications")
            + "/jsonschema_specifications/schemas/draft7/metaschema.json"
    }

    @Test("SARIF is what its schema says: of good, bad, hostile and unknown images, of all platforms")
    func sarif() throws {
        let sample = try InspectionSample("check-sarif")
        let work = sample.work
        try sample.addHostile()
        try work.file("a", "a\n")
        try work.image("FROM scratch\nCOPY --chmod=755 a /a\nENTRYPOINT [\"/a\"]\nUSER 1\n", ["-t", "good:1"])
        try work.image("FROM scratch\nCOPY --chmod=6777 a /a\n", ["-t", "bad:1"])
        try work.image(
            "FROM scratch\nCOPY --chmod=4755 a /a\n",
            ["-t", "both:1", "--platform", "linux/amd64,linux/arm64"])
        try work.place.file(
            "sampan.yaml",
            """
            policy:
              profile: delivery
              setuid: true
              world-writable: true
              reproducible: {mode: warn}
              exceptions:
                - {rule: setuid, path: /a, reason: "x \\u202e y", owner: me, expires: 2199-12-31}
                - {rule: ports, reason: none, owner: me, expires: 2199-12-31}

            """)
        var paths: [String] = []
        for arguments in [
            ["good:1"], ["bad:1"], ["both:1", "--platform", "all"], [sample.name("evil")] + sample.options,
        ] {
            let outcome = try work.run(["check", "-q", "--format", "sarif"] + arguments)
            #expect(outcome.code < 2, "\(outcome)")
            paths.append(try work.place.file("\(paths.count).sarif", outcome.output))
        }
        #expect(try JSONSchemas.errors(work.place, schema: JSONSchemas.sarif(), paths) == "")
        // It is one that refuses.
        let wrong = try work.place.file("wrong.sarif", "{\"version\": \"2.1.0\", \"runs\": [{\"results\": []}]}")
        #expect(
            try JSONSchemas.errors(work.place, schema: JSONSchemas.sarif(), [wrong]).contains("must contain ['tool']"))
    }

    @Test("the schema of sampan.yaml is a JSON Schema, and takes what the program takes")
    func settings() throws {
        let work = try Workspace("check-schema")
        let schema = try work.place.file("schema.json", work.succeed(["check", "--schema"]).output)
        #expect(try JSONSchemas.errors(work.place, schema: draft7(), [schema]) == "")
        let good = [
            "{}", #"{"policy": {"profile": "delivery", "size": {"max": "80MB"}, "user": true}}"#,
            #"{"policy": {"exceptions": [{"rule": "setuid", "reason": "x", "owner": "me", "expires": "2030-01-31"}]}}"#,
        ]
        let bad = [
            "[]", #"{"policies": {}}"#, #"{"policy": {"sise": true}}"#, #"{"policy": {"mode": "off"}}"#,
            #"{"policy": {"exceptions": [{"rule": "setuit"}]}}"#,
        ]
        for (index, text) in (good + bad).enumerated() {
            let path = try work.place.file("\(index).json", text)
            let said = try JSONSchemas.errors(work.place, schema: schema, [path])
            #expect(said.isEmpty == (index < good.count), "\(text): \(said)")
        }
    }
}
