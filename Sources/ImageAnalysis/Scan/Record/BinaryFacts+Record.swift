internal import Binaries

extension RecordWriter {
    mutating func write(_ facts: BinaryFacts) {
        write(facts.kind)
        write(facts.bits)
        write(facts.isLittleEndian)
        write(facts.architecture)
        write(facts.isDynamic)
        write(facts.isCutOff)
        write(facts.interpreter)
        write(facts.needed)
        write(facts.soname)
        write(facts.rpath)
        write(facts.runpath)
        write(facts.versionNeeds) {
            $0.write($1.library)
            $0.write($1.versions)
        }
        write(facts.versionDefinitions)
        write(facts.relro)
        write(facts.hasExecutableStack)
        write(facts.hasStackProtector)
        write(facts.symbols)
        write(facts.symbolBytes)
        write(facts.debugBytes)
        write(facts.buildID)
        write(facts.go) { $0.write($1) }
        write(facts.rust) { $0.write($1) }
        write(facts.swift) {
            $0.write($1.isRuntimeStatic)
            $0.write($1.compiler)
        }
        write(BinaryFacts.Need.allCases.filter(facts.needs.contains)) { $0.write($1) }
    }

    private mutating func write(_ build: GoBuild) {
        write(build.version)
        write(build.path)
        write(build.main) { $0.write($1) }
        write(build.dependencies) {
            $0.write($1.module)
            $0.write($1.replacement) { $0.write($1) }
        }
        write(build.settings) {
            $0.write($1.key)
            $0.write($1.value)
        }
        write(build.packagesWithC) { $0.write($1) }
    }

    private mutating func write(_ module: GoBuild.Module) {
        write(module.path)
        write(module.version)
        write(module.sum)
    }

    private mutating func write(_ build: RustBuild) {
        write(build.compiler)
        write(build.crates) {
            $0.write($1.name)
            $0.write($1.version)
            $0.write($1.source)
            $0.write($1.isBuildOnly)
            $0.write($1.isRoot)
        }
    }
}

extension RecordReader {
    mutating func binary() throws(RecordDamage) -> BinaryFacts {
        var facts = BinaryFacts(
            kind: try choice(BinaryFacts.Kind.self), bits: try int(), isLittleEndian: try flag(),
            architecture: try text(), isDynamic: try flag())
        facts.isCutOff = try flag()
        facts.interpreter = try optionalText()
        facts.needed = try texts()
        facts.soname = try optionalText()
        facts.rpath = try texts()
        facts.runpath = try texts()
        facts.versionNeeds = try list { (reader) throws(RecordDamage) in
            BinaryFacts.VersionNeed(library: try reader.text(), versions: try reader.texts())
        }
        facts.versionDefinitions = try texts()
        facts.relro = try choice(BinaryFacts.Relro.self)
        facts.hasExecutableStack = try flag()
        facts.hasStackProtector = try flag()
        facts.symbols = try choice(BinaryFacts.Symbols.self)
        facts.symbolBytes = try signed()
        facts.debugBytes = try signed()
        facts.buildID = try optionalText()
        facts.go = try optional { (reader) throws(RecordDamage) in try reader.goBuild() }
        facts.rust = try optional { (reader) throws(RecordDamage) in try reader.rustBuild() }
        facts.swift = try optional { (reader) throws(RecordDamage) in
            SwiftBuild(isRuntimeStatic: try reader.flag(), compiler: try reader.optionalText())
        }
        facts.needs = Set(
            try list { (reader) throws(RecordDamage) in try reader.choice(BinaryFacts.Need.self) })
        return facts
    }

    private mutating func goBuild() throws(RecordDamage) -> GoBuild {
        var build = GoBuild(version: try text())
        build.path = try optionalText()
        build.main = try optional { (reader) throws(RecordDamage) in try reader.module() }
        build.dependencies = try list { (reader) throws(RecordDamage) in
            GoBuild.Dependency(
                try reader.module(),
                replacement: try reader.optional { (reader) throws(RecordDamage) in try reader.module() })
        }
        build.settings = try list { (reader) throws(RecordDamage) in
            GoBuild.Setting(key: try reader.text(), value: try reader.text())
        }
        build.packagesWithC = try optional { (reader) throws(RecordDamage) in try reader.texts() }
        return build
    }

    private mutating func module() throws(RecordDamage) -> GoBuild.Module {
        GoBuild.Module(path: try text(), version: try text(), sum: try optionalText())
    }

    private mutating func rustBuild() throws(RecordDamage) -> RustBuild {
        RustBuild(
            compiler: try optionalText(),
            crates: try list { (reader) throws(RecordDamage) in
                RustBuild.Crate(
                    name: try reader.text(), version: try reader.text(), source: try reader.text(),
                    isBuildOnly: try reader.flag(), isRoot: try reader.flag())
            })
    }
}
