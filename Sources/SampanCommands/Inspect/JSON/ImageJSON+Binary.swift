import Binaries
import Core

extension ImageJSON {
    /// What is known of a program, and where its bytes go.
    static func binary(_ file: BytePath, size: Int64, _ facts: BinaryFacts, _ sizes: SizeAttribution?) -> OrderedJSON {
        OrderedJSON.object([
            .init(key: "path", value: path(file)), .init(key: "bytes", value: .int(size)),
            .init(key: "kind", value: .string(facts.kind.rawValue)), .init(key: "bits", value: .int(facts.bits)),
            .init(key: "endian", value: facts.isLittleEndian ? "little" : "big"),
            .init(key: "architecture", value: .string(facts.architecture)),
            .init(key: "static", value: .bool(facts.isStatic)),
            .init(key: "interpreter", value: .text(facts.interpreter)),
            .init(key: "soname", value: .text(facts.soname)),
            .init(key: "needed", value: strings(facts.needed)),
            .init(key: "rpath", value: facts.rpath.isEmpty ? .null : strings(facts.rpath)),
            .init(key: "runpath", value: facts.runpath.isEmpty ? .null : strings(facts.runpath)),
            .init(
                key: "versions",
                value: .array(
                    facts.versionNeeds.map { ["library": .string($0.library), "versions": strings($0.versions)] })),
            .init(key: "pie", value: .bool(facts.kind == .positionIndependent)),
            .init(key: "relro", value: .string(facts.relro.rawValue)),
            .init(key: "executableStack", value: .bool(facts.hasExecutableStack)),
            .init(key: "stackProtector", value: .bool(facts.hasStackProtector)),
            .init(key: "symbols", value: .string(facts.symbols.rawValue)),
            .init(key: "symbolBytes", value: .int(facts.symbolBytes)),
            .init(key: "debugBytes", value: .int(facts.debugBytes)),
            .init(key: "buildID", value: .text(facts.buildID)), .init(key: "go", value: facts.go.map(go) ?? .null),
            .init(key: "rust", value: facts.rust.map(rust) ?? .null),
            .init(
                key: "swift",
                value: facts.swift.map {
                    ["runtime": $0.isRuntimeStatic ? "static" : "dynamic", "compiler": .text($0.compiler)]
                } ?? .null),
            .init(key: "needs", value: strings(facts.needs.map(\.rawValue).sorted())),
            .init(key: "sizes", value: sizes.map(attribution) ?? .null),
        ]).withoutNulls
    }

    private static func go(_ build: GoBuild) -> OrderedJSON {
        OrderedJSON.object([
            .init(key: "version", value: .string(build.version)), .init(key: "path", value: .text(build.path)),
            .init(key: "main", value: build.main.map(module) ?? .null),
            .init(
                key: "dependencies",
                value: .array(
                    build.dependencies.map { dependency in
                        var out = module(dependency.module)
                        out["replacement"] = dependency.replacement.map(module)
                        return out
                    })),
            .init(
                key: "settings",
                value: .array(build.settings.map { ["key": .string($0.key), "value": .string($0.value)] })),
        ]).withoutNulls
    }

    private static func module(_ module: GoBuild.Module) -> OrderedJSON {
        let json: OrderedJSON = [
            "path": .string(module.path), "version": .string(module.version), "sum": .text(module.sum),
        ]
        return json.withoutNulls
    }

    private static func rust(_ build: RustBuild) -> OrderedJSON {
        let crates = build.crates.map { crate -> OrderedJSON in
            [
                "name": .string(crate.name), "version": .string(crate.version), "source": .string(crate.source),
                "buildOnly": .bool(crate.isBuildOnly), "root": .bool(crate.isRoot),
            ]
        }
        let json: OrderedJSON = ["compiler": .text(build.compiler), "crates": .array(crates)]
        return json.withoutNulls
    }

    private static func attribution(_ sizes: SizeAttribution) -> OrderedJSON {
        [
            "method": .string(sizes.method.rawValue), "total": .int(sizes.total),
            "parts": .array(
                sizes.parts.map {
                    [
                        "module": .string($0.module), "package": .string($0.package), "kind": .string($0.kind.rawValue),
                        "bytes": .int($0.bytes),
                    ]
                }),
        ]
    }
}
